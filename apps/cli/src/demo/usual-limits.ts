import { isFeature, type Measured } from './answers.js';
import { type UsualLimit } from './report-data.js';
import { KNOWN_DAYS, MOVING } from './truth.js';

/** A limit in common use. */
type Limit = { readonly rule: string; readonly method: string; readonly limit: number };

const LIMITS: readonly Limit[] = [
  { rule: 'PSI ≥ 0.1', method: 'psi', limit: 0.1 },
  { rule: 'Jensen-Shannon distance ≥ 0.1', method: 'jensen_shannon', limit: 0.1 },
];

/** How often limits in common use would have called a feature's window a drift, on the same scores as the monitor had. */
export const usualLimitsOf = (measured: readonly Measured[]): readonly UsualLimit[] =>
  LIMITS.map(({ rule, method, limit }) => {
    const over = measured.filter(
      ({ kind, subject, scores }) =>
        kind === 'drift' && isFeature(subject) && scores.some((score) => score.method === method && score.score >= limit),
    );
    const isOver = (subject: string, day: string): boolean => over.some((one) => one.subject === subject && one.day === day);
    return {
      rule,
      alerts: over.length,
      knownEventsFound: KNOWN_DAYS.filter(({ day }) => MOVING.every((subject) => isOver(subject, day))).length,
    };
  });

import { isMembers, isRefused, numberProblem, textOf, textsOf, refused, type Members, type Refused } from './fields.js';
import { keptProblem } from './kept.js';
import { type IntakeLimits } from './limits.js';
import { type PredictionRecord } from './prediction-record.js';
import { type Unread } from './unread.js';

/** What the model answered. Values that fit no type are kept here, or under `unread` where a column could not hold them. */
export type Outputs = Pick<PredictionRecord, 'value' | 'score' | 'class' | 'probabilities' | 'decision'>;

const OUTPUTS = ['value', 'score', 'class', 'probabilities'] as const;

/**
 * Outputs may stand under `output` or beside the features; a bare `output` is the value or the class itself. Where one is given twice,
 * the one under `output` counts and the other is kept unread.
 */
export function readOutputs(raw: Members, unread: Unread, limits: IntakeLimits): Outputs | Refused {
  const given = nestedOutput(raw['output']);
  const output: Record<string, unknown> = {};
  for (const name of OUTPUTS) {
    output[name] = given[name] ?? raw[name] ?? null;
    if (given[name] !== undefined && given[name] !== null && raw[name] !== undefined) unread.keep(name, raw[name]);
  }
  for (const name of Object.keys(given)) if (!isOutput(name)) unread.keep(`output.${name}`, given[name]);
  for (const name of ['value', 'score', 'class']) {
    const problem = keptProblem(output[name], name, limits);
    if (problem) return problem;
  }
  const probabilities = readProbabilities(output['probabilities'], unread, limits);
  if (isRefused(probabilities)) return probabilities;
  const decision = readDecision(raw['decision'], unread, limits);
  if (isRefused(decision)) return decision;
  return { value: output['value'], score: output['score'], class: output['class'], probabilities, decision };
}

const isOutput = (name: string): boolean => OUTPUTS.some((output) => output === name);

const nestedOutput = (given: unknown): Members => {
  if (given === undefined || given === null) return {};
  if (isMembers(given)) return given;
  return typeof given === 'number' ? { value: given } : { class: given };
};

const CLASSES_MAX = 1_000;

function readProbabilities(raw: unknown, unread: Unread, limits: IntakeLimits): PredictionRecord['probabilities'] | Refused {
  if (raw === undefined || raw === null) return null;
  const given: readonly unknown[] = Array.isArray(raw) ? raw : isMembers(raw) ? Object.values(raw) : [undefined];
  if (given.length > CLASSES_MAX) return refused('probabilities', 'TOO_MANY_CLASSES', `at most ${CLASSES_MAX} probabilities`, CLASSES_MAX);
  const problem = keptProblem(raw, 'probabilities', limits);
  if (problem) return problem;
  if (isNumbers(given)) return isMembers(raw) ? (raw as Readonly<Record<string, number>>) : given;
  unread.keep('probabilities', raw);
  return null;
}

const isNumbers = (values: readonly unknown[]): values is readonly number[] => values.every((value) => typeof value === 'number');

const REASONS_MAX = 20;

type GivenDecision = { readonly action: string | number; readonly threshold?: number | null; readonly reasons?: readonly string[] | null };

function readDecision(raw: unknown, unread: Unread, limits: IntakeLimits): PredictionRecord['decision'] | Refused {
  if (raw === undefined || raw === null) return null;
  const given = typeof raw === 'string' ? { action: raw } : raw;
  if (!isDecision(given)) {
    unread.keep('decision', raw);
    return null;
  }
  const action = textOf(given.action, 'decision.action', limits.stringLengthMax);
  if (isRefused(action)) return action;
  const threshold = given.threshold ?? null;
  const problem = threshold === null ? undefined : numberProblem(threshold, 'decision.threshold');
  if (problem) return problem;
  const reasons = given.reasons ? textsOf(given.reasons, 'decision.reasons', REASONS_MAX, limits.stringLengthMax) : null;
  if (isRefused(reasons)) return reasons;
  for (const [name, value] of Object.entries(given)) if (!DECISION.has(name)) unread.keep(`decision.${name}`, value);
  return action === null ? null : { action, threshold, reasons };
}

const DECISION = new Set(['action', 'threshold', 'reasons']);

function isDecision(raw: unknown): raw is GivenDecision {
  if (!isMembers(raw)) return false;
  const { action, threshold, reasons } = raw;
  if (typeof action !== 'number' && (typeof action !== 'string' || action === '')) return false;
  if (threshold !== undefined && threshold !== null && typeof threshold !== 'number') return false;
  return reasons === undefined || reasons === null || (Array.isArray(reasons) && reasons.every((reason) => typeof reason === 'string'));
}

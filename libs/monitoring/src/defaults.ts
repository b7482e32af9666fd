import { methodById, type MethodId } from '#libs/statistics';
import { type Alerting, type JudgementRule, type MethodRef, type MonitorDefinition, type ReferenceChoice } from './definition.js';
import { RULE_VERSION } from './definition-versions.js';

/** The judgement of every monitor unless it says otherwise; the reasons are in the README. */
export const DEFAULT_JUDGEMENT: JudgementRule = {
  rule: 'three_gates',
  version: RULE_VERSION,
  // Judged once a day, a model has half a false alert in a quarter at most, however many features it has.
  level: 0.005,
  margins: { jensen_shannon: 0.05, psi: 0.02 },
  variationTail: 0.01,
  bins: 10,
  expectedMin: 5,
  performanceMargin: { absolute: 0.05, relative: 0.1 },
};

/** A method as this release computes it. */
const refTo = (id: MethodId): MethodRef => ({ id, version: methodById(id).version });

/** What is known of a deployment's traffic when a monitor is proposed for it. */
export type TrafficFacts = {
  /** Mean predictions a day over the days with data; 0 when there is none yet. */
  readonly predictionsPerDay: number;
  /** An imported dataset to compare with, such as the training data of the version. */
  readonly datasetReferenceId?: string | undefined;
  readonly timeZone?: string | undefined;
};

const HOURLY_FROM_PREDICTIONS_PER_DAY = 50_000;

/** A window of a day or more raises at once, shorter ones at 3 of 5; 3 calm windows clear. */
export const alertingFor = (windowMinutes: number): Alerting => (windowMinutes >= 1440 ? { k: 1, n: 1, m: 3 } : { k: 3, n: 5, m: 3 });

/** The whole definition a monitor gets when nothing but the deployment is named. */
export const defaultDefinition = (facts: TrafficFacts): MonitorDefinition => {
  const windowMinutes = facts.predictionsPerDay >= HOURLY_FROM_PREDICTIONS_PER_DAY ? 60 : 1440;
  const dataset: ReferenceChoice[] =
    facts.datasetReferenceId === undefined ? [] : [{ kind: 'dataset', referenceId: facts.datasetReferenceId }];
  return {
    timeZone: facts.timeZone ?? 'UTC',
    windowMinutes,
    latenessMinutes: 60,
    rowsMin: 200,
    references: [...dataset, { kind: 'same_weekday', weeks: 4, weeksMin: 2 }, { kind: 'first_days', days: 7 }],
    selection: {},
    judges: { numeric: refTo('jensen_shannon'), categorical: refTo('jensen_shannon') },
    shown: {
      numeric: [refTo('psi'), refTo('wasserstein_normalised'), refTo('kolmogorov_smirnov')],
      categorical: [refTo('psi'), refTo('chi_square')],
    },
    judgement: DEFAULT_JUDGEMENT,
    performance: { enabled: true, threshold: 0.5, labelHorizonDays: 30, labelledShareMin: 0.5 },
    restatement: { shareMin: 0.01, minutesMin: 10, finalAfterHours: 24 },
    alerting: alertingFor(windowMinutes),
  };
};

import { z } from 'zod';

/** Moved bins an event keeps, those that contributed most first. */
export const MOVED_BINS_MAX = 20;

/**
 * When an alert is raised and cleared. Taken from the monitor at the time of the measurement and kept in the event, so that a later
 * edit of the monitor does not change why this alert was raised.
 */
export const AlertPolicy = z.object({
  /** An alert is raised at k breaches … */
  k: z.int().min(1),
  /** … among the last n judgements, the newest included. A window without data takes a place and counts as neither. */
  n: z.int().min(1),
  /** m calm judgements in a row clear it. A window without data neither counts nor interrupts. */
  m: z.int().min(1),
});
export type AlertPolicy = z.infer<typeof AlertPolicy>;

/** A span of event time, epoch milliseconds, `until` exclusive. */
export const AlertWindow = z.object({ from: z.int(), until: z.int() });
export type AlertWindow = z.infer<typeof AlertWindow>;

/** What a measurement says about its subject. `no_data`: too few rows, or none, to say anything. */
export const Verdict = z.enum(['breach', 'calm', 'no_data']);
export type Verdict = z.infer<typeof Verdict>;

/** How far what was judged lies beyond its limit: below 1.5 times `low`, below 3 times `medium`, else `high`. */
export const Severity = z.enum(['low', 'medium', 'high']);
export type Severity = z.infer<typeof Severity>;

/** One condition of the judgement with the values it was decided by. A breach needs all of them passed. */
export const DecidingGate = z.object({
  /** `significance`, `own_variation`, `materiality`. */
  gate: z.string(),
  value: z.number(),
  limit: z.number(),
  passed: z.boolean(),
  /** False when there was not enough to apply it; it then counts as passed. */
  applied: z.boolean(),
});
export type DecidingGate = z.infer<typeof DecidingGate>;

/** One bin and how much it moved: a word, an interval such as `[10, 25)`, or all other words. Shares are fractions. */
export const MovedBin = z.object({
  kind: z.enum(['word', 'interval', 'rest']),
  bin: z.string(),
  referenceShare: z.number(),
  currentShare: z.number(),
  contribution: z.number(),
});
export type MovedBin = z.infer<typeof MovedBin>;

/** What a judgement rests on, copied from the measurement so that the alert explains itself. */
export const Evidence = z.object({
  /** The measurement event and where it stands in the log. */
  measurement: z.object({ eventId: z.uuid(), position: z.string(), revision: z.int().min(1) }),
  /**
   * The method that judged, its score, and the largest limit the score had to exceed; null when no such gate was applied, and for
   * performance, where limits hold for the change and not for the score.
   */
  method: z.string(),
  score: z.number(),
  limit: z.number().nullable(),
  gates: z.array(DecidingGate).max(20),
  /** Every score shown beside the judging one. */
  scores: z.array(z.object({ method: z.string(), value: z.number() })).max(50),
  moved: z.array(MovedBin).max(MOVED_BINS_MAX),
  /** Which way the subject moved: `higher`, `lower`, `reshaped` or `same`. */
  direction: z.string(),
  /** What it was compared with; missing where a measurement needs no reference. */
  reference: z.object({ kind: z.string(), id: z.uuid(), digest: z.string() }).optional(),
  /** Rows of the window. */
  rows: z.int(),
  /** Share of the window's predictions that had a label, for measurements of performance. */
  labelledShare: z.number().optional(),
});
export type Evidence = z.infer<typeof Evidence>;

/** One subject of one measurement, judged. */
export const Judgement = z.object({
  window: AlertWindow,
  verdict: Verdict,
  /** Why there is no data, in words. */
  note: z.string().optional(),
  /** Missing where nothing was measured. */
  evidence: Evidence.optional(),
});
export type Judgement = z.infer<typeof Judgement>;

const MEDIUM_FROM = 1.5;
const HIGH_FROM = 3;

/**
 * How many times its limit a judged quantity is, at the gate that leaves the least room: the score over what the reference's own windows
 * reach, the excess or the change for the worse over the margin. Never the score over the limit of another quantity. A limit of 0 that is
 * exceeded leaves all room. Undefined where no such gate was applied: a p-value says how sure, not how far.
 */
export const timesLimitOf = (gates: readonly DecidingGate[]): number | undefined => {
  const times = gates
    .filter(({ gate, applied }) => applied && gate !== 'significance')
    .map(({ value, limit }) => (limit === 0 && value <= 0 ? 1 : value / limit));
  return times.length === 0 ? undefined : Math.min(...times);
};

/** @example severityOf([{ gate: 'materiality', value: 0.2, limit: 0.1, passed: true, applied: true }]) // 'medium' */
export const severityOf = (gates: readonly DecidingGate[]): Severity => {
  const times = timesLimitOf(gates) ?? 1;
  if (times >= HIGH_FROM) return 'high';
  return times >= MEDIUM_FROM ? 'medium' : 'low';
};

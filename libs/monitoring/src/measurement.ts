import { z } from 'zod';

/** `drift`: features, outputs and volume. `performance`: outputs against labels. */
export const MeasurementKind = z.enum(['drift', 'performance']);
export type MeasurementKind = z.infer<typeof MeasurementKind>;

/** A span of event time, end exclusive, epoch milliseconds. */
export const WindowSpan = z.object({ from: z.int(), until: z.int() });
export type WindowSpan = z.infer<typeof WindowSpan>;

/** What was known when a window was measured. */
export const AsOf = z.object({
  /** Highest position of the log that was projected. */
  position: z.string(),
  /** Event time up to which windows were complete, epoch milliseconds. */
  watermark: z.int(),
  /** Record time of the newest batch of predictions or labels, or of the last tick; epoch milliseconds. */
  recordedAt: z.int(),
});
export type AsOf = z.infer<typeof AsOf>;

/** What computed the numbers: the same engine gives the same bits. */
export const Engine = z.object({ driftledger: z.string(), v8: z.string(), tz: z.string() });
export type Engine = z.infer<typeof Engine>;

/** Bucket and count pairs, ascending by bucket. */
export const BucketEntries = z.array(z.tuple([z.int(), z.number()]));
export type BucketEntries = z.infer<typeof BucketEntries>;

/** What the window was compared with. */
export const ReferenceUsed = z.object({
  kind: z.enum(['dataset', 'frozen', 'same_weekday', 'rolling', 'first_days']),
  /** The same definition over the same windows has the same id. */
  id: z.uuid(),
  /** SHA-256, hex, of the counts that were compared with. */
  digest: z.string(),
  /** The windows summed; empty for a dataset. */
  windows: z.array(WindowSpan.extend({ rows: z.int() })),
  rows: z.int(),
  /** Windows of other weekdays by which the variation was estimated, weekday by weekday; absent where there were none. */
  otherDays: z.array(z.array(WindowSpan.extend({ rows: z.int() }))).optional(),
  /** What this reference cannot show, in words; empty when nothing. */
  blindTo: z.string(),
});
export type ReferenceUsed = z.infer<typeof ReferenceUsed>;

/** Where the numbers come from: folding the events of the deployment between these positions gives the counts again. */
export const Evidence = z.object({
  positionFrom: z.string(),
  positionTo: z.string(),
  /** `buckets`: integer counts; `exact`: rows; `mixed`: some subjects of each kind. */
  mode: z.enum(['buckets', 'exact', 'mixed']),
  /** SHA-256, hex, over the digests of all subjects. */
  sha256: z.string(),
});
export type Evidence = z.infer<typeof Evidence>;

const ParameterValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.number()).readonly(),
  z.array(z.string()).readonly(),
]);

/** One number, and what exactly it is. */
export const MethodScore = z.object({
  method: z.string(),
  version: z.int().min(1),
  score: z.number(),
  pValue: z.number().optional(),
  /** Interval of uncertainty, where the method has one. */
  low: z.number().optional(),
  high: z.number().optional(),
  /** Set where it is not the mode of its subject: a method that counts do not serve is measured from values. */
  mode: z.enum(['exact']).optional(),
  parameters: z.record(z.string(), ParameterValue),
});
export type MethodScore = z.infer<typeof MethodScore>;

/**
 * Why a method has no score. `nothing_to_compare`: one of the samples has no value. `not_defined`: the score does not exist for these
 * samples. `values_not_kept`: it needs values, and the reference is a file of which counts are kept. `too_many_values`: it needs values, and
 * there are more than are read.
 */
export const UnscoredReason = z.enum(['nothing_to_compare', 'not_defined', 'values_not_kept', 'too_many_values']);
export type UnscoredReason = z.infer<typeof UnscoredReason>;

/** A method that was asked for and has no score for this subject and window. `detail`: the reason in words. */
export const Unscored = z.object({ method: z.string(), version: z.int().min(1), reason: UnscoredReason, detail: z.string() });
export type Unscored = z.infer<typeof Unscored>;

/**
 * One condition of a breach. `significance`: `value` is the p-value after Benjamini-Hochberg, passed when at or below `limit`.
 * `own_variation`: `value` is the score, `limit` what the reference's own windows could reach, passed when above.
 * `materiality`: `value` is the excess over the score expected without drift, passed when at or above the margin `limit`.
 */
export const Gate = z.object({
  gate: z.enum(['significance', 'own_variation', 'materiality']),
  value: z.number(),
  limit: z.number(),
  passed: z.boolean(),
  /** False when there was not enough to apply it; it then counts as passed. */
  applied: z.boolean(),
  /** The numbers behind the limit, such as the expectation without drift and the margin. */
  parameters: z.record(z.string(), ParameterValue),
});
export type Gate = z.infer<typeof Gate>;

/** The verdict on one subject: a breach needs every gate. */
export const SubjectJudgement = z.object({ method: z.string(), score: z.number(), breach: z.boolean(), gates: z.array(Gate) });
export type SubjectJudgement = z.infer<typeof SubjectJudgement>;

/** A bin of a chart: a word, an interval (an open end is null), or all the rest together. */
export const Bin = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('word'), word: z.string() }),
  z.object({ kind: z.literal('interval'), from: z.number().nullable(), until: z.number().nullable() }),
  z.object({ kind: z.literal('rest'), words: z.int() }),
]);
export type Bin = z.infer<typeof Bin>;

/** How much one bin moved; shares are fractions of counted rows, `contribution` is its part of the judging score. */
export const Contribution = z.object({ bin: Bin, reference: z.number(), current: z.number(), contribution: z.number() });
export type Contribution = z.infer<typeof Contribution>;

/** Rows that could not be counted as a plain value, and values the reference does not know. Integers: sums of weights. */
export const QualityCounts = z.object({
  missing: z.number(),
  mistyped: z.number(),
  infinite: z.number(),
  /** Of a category the reference never had. */
  unseen: z.number(),
  /** Below the smallest or above the largest value of the reference. */
  outOfRange: z.number(),
});
export type QualityCounts = z.infer<typeof QualityCounts>;

/** `rows`: predictions. `counted`: those with a usable value. */
const SampleSize = z.object({ rows: z.number(), counted: z.number() });
export type SampleSize = z.infer<typeof SampleSize>;

/** Everything measured about one subject in one window. */
export const SubjectMeasurement = z.object({
  /** `feature:<name>`, `output:<name>`, `volume` or `performance:<metric>`. */
  subject: z.string(),
  form: z.enum(['numeric', 'categorical', 'volume', 'performance']),
  mode: z.enum(['buckets', 'exact']),
  reference: SampleSize,
  current: SampleSize,
  scores: z.array(MethodScore),
  /** Methods without a score; absent: none. */
  unscored: z.array(Unscored).optional(),
  /** Absent: shown, not judged. */
  judgement: SubjectJudgement.optional(),
  direction: z.enum(['higher', 'lower', 'reshaped', 'same']),
  /** Largest first, at most 20; together with the shares they draw both distributions. */
  contributions: z.array(Contribution).max(20),
  quality: z.object({ reference: QualityCounts, current: QualityCounts }).optional(),
  /** SHA-256, hex, of the counts or rows this subject was measured from. */
  sha256: z.string(),
});
export type SubjectMeasurement = z.infer<typeof SubjectMeasurement>;

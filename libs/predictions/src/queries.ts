import { z } from 'zod';
import { BigIntParam, Count, defineQuery, InstantFromClickHouse, UInt64 } from '#libs/clickhouse';

const Missing = z.string().transform((text) => (text === '' ? undefined : text));
const EpochMs = z
  .string()
  .regex(/^-?\d{1,16}$/)
  .transform(Number);
const EpochParam = z.int().transform(String);

/** One prediction without its features. */
export const PredictionRow = z.object({
  position: UInt64,
  row: z.int(),
  eventId: z.uuid(),
  recordedAt: InstantFromClickHouse,
  id: z.string(),
  at: EpochMs,
  version: Missing,
  variant: Missing,
  /** 0: no weight was sent. */
  weight: z.int(),
  value: z.number().nullable(),
  score: z.number().nullable(),
  class: Missing,
  decisionAction: Missing,
  decisionThreshold: z.number().nullable(),
  decisionReasons: Missing,
  error: Missing,
  latencyMs: z.number().nullable(),
  subject: Missing,
});
export type PredictionRow = z.output<typeof PredictionRow>;

/**
 * Predictions of a span of time, the newest record first. Grain: one row per prediction. Takes as many batches as could be needed for
 * the page, then their rows; reads the batches whose times overlap the span.
 */
export const PredictionsPage = defineQuery({
  name: 'PredictionsPage',
  purpose: 'browse predictions of a deployment',
  sql: `
    SELECT position, toUInt32(r - 1) AS row, event_id AS eventId, recorded_at AS recordedAt, ids[r] AS id, times[r] AS at, version[r] AS version,
      variant[r] AS variant, weight[r] AS weight, value[r] AS value, score[r] AS score, class[r] AS class, decision_action[r] AS decisionAction,
      decision_threshold[r] AS decisionThreshold, decision_reasons[r] AS decisionReasons, error[r] AS error, latency_ms[r] AS latencyMs,
      subject[r] AS subject
    FROM (
      SELECT *, at AS times FROM driftledger.predictions_batches_v1
      WHERE deployment_id = {deploymentId:UUID} AND at_min < {until:Int64} AND at_max >= {from:Int64}
        AND predictions_batches_v1.position <= {before:UInt64}
        AND arrayExists(moment -> moment >= {from:Int64} AND moment < {until:Int64}, at)
      ORDER BY predictions_batches_v1.position DESC
      LIMIT {limit:UInt32} + 1
    )
    ARRAY JOIN arrayEnumerate(times) AS r
    WHERE times[r] >= {from:Int64} AND times[r] < {until:Int64} AND (position < {before:UInt64} OR r <= {beforeRow:UInt32})
    ORDER BY position DESC, r DESC
    LIMIT {limit:UInt32}`,
  params: z.object({
    deploymentId: z.uuid(),
    from: EpochParam,
    until: EpochParam,
    before: BigIntParam,
    /** Rows below this one are taken from the batch at `before`. */
    beforeRow: z.int().min(0),
    limit: z.int().min(1).max(1_000),
  }),
  row: PredictionRow,
});

/** Where a prediction stands: the first batch that has its id. Reads by primary key. */
export const PredictionPlace = defineQuery({
  name: 'PredictionPlace',
  purpose: 'find a prediction by its id',
  sql: `
    SELECT position, row, predicted_at AS at
    FROM driftledger.predictions_keys_v1
    WHERE deployment_id = {deploymentId:UUID} AND key = {id:String}
    ORDER BY position, row
    LIMIT 1`,
  params: z.object({ deploymentId: z.uuid(), id: z.string() }),
  row: z.object({ position: UInt64, row: z.int(), at: EpochMs }),
});

/** One feature of one prediction. */
export const FeatureValueRow = z.object({
  position: UInt64,
  row: z.int(),
  subject: z.string(),
  kind: z.enum(['number', 'category', 'boolean', 'vector', 'sealed']),
  number: z.number().nullable(),
  word: z.string().nullable(),
  vector: z.array(z.number()),
  mistyped: z.string(),
});
export type FeatureValueRow = z.output<typeof FeatureValueRow>;

/** Features of some predictions: `positions[i]` and `rows[i]` name one. Reads the features of the batches whose times overlap theirs. */
export const FeatureValues = defineQuery({
  name: 'FeatureValues',
  purpose: 'what predictions were given',
  sql: `
    SELECT position, toUInt32(wanted.2) AS row, feature AS subject, kind, numbers[row + 1] AS number,
      if(kind IN ('category', 'boolean') AND codes[row + 1] >= 0, words[codes[row + 1] + 1], NULL) AS word,
      vectors[row + 1] AS vector, JSONExtractRaw(mistyped, toString(row)) AS mistyped
    FROM (
      SELECT position, feature, kind, numbers, words, codes, vectors, mistyped,
        arrayFilter(one -> one.1 = position, arrayZip({positions:Array(UInt64)}, {rows:Array(UInt32)})) AS mine
      FROM driftledger.predictions_features_v1
      WHERE deployment_id = {deploymentId:UUID} AND startsWith(feature, 'feature:') AND has({positions:Array(UInt64)}, position)
        AND at_min <= {to:Int64} AND at_max >= {from:Int64}
    )
    ARRAY JOIN mine AS wanted
    ORDER BY position, row, subject`,
  params: z.object({
    deploymentId: z.uuid(),
    positions: z.array(z.bigint().min(0n)).max(1_000),
    rows: z.array(z.int().min(0)).max(1_000),
    from: EpochParam,
    to: EpochParam,
  }),
  row: FeatureValueRow,
});

/** A label as it was sent. */
export const LabelRow = z.object({
  id: z.string(),
  position: UInt64,
  row: z.int(),
  recordedAt: InstantFromClickHouse,
  labelledAt: EpochMs,
  value: z.number().nullable(),
  class: Missing,
});
export type LabelRow = z.output<typeof LabelRow>;

/** All labels of some predictions in log order: a later one is a correction. Reads by primary key. */
export const LabelsOf = defineQuery({
  name: 'LabelsOf',
  purpose: 'the truth about predictions, with its corrections',
  sql: `
    SELECT key AS id, position, row, recorded_at AS recordedAt, labelled_at AS labelledAt, value, class
    FROM driftledger.labels_v1
    WHERE deployment_id = {deploymentId:UUID} AND key IN {ids:Array(String)}
    ORDER BY key, position, row`,
  params: z.object({ deploymentId: z.uuid(), ids: z.array(z.string()).max(1_000) }),
  row: LabelRow,
});

/** What came for some deployments so far. Reads the header rows of their batches. */
export const PredictionTraffic = defineQuery({
  name: 'PredictionTraffic',
  purpose: 'how fresh and how large the traffic of a deployment is',
  sql: `
    SELECT deployment_id AS deploymentId, sum(row_count) AS predictions, max(at_max) AS lastPredictionAt, max(recorded_at) AS lastRecordedAt
    FROM driftledger.predictions_batches_v1
    WHERE deployment_id IN {ids:Array(UUID)}
    GROUP BY deployment_id`,
  params: z.object({ ids: z.array(z.uuid()).max(1_000) }),
  row: z.object({ deploymentId: z.uuid(), predictions: Count, lastPredictionAt: EpochMs, lastRecordedAt: InstantFromClickHouse }),
});

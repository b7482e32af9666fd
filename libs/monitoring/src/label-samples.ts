import { z } from 'zod';
import { BigIntParam, Count, defineQuery, UInt64 } from '#libs/clickhouse';

const Span = z.int();
const filters = { version: z.string().nullable(), variant: z.string().nullable() };
const deploymentId = z.uuid();

/** Five-minute spans of prediction time that got labels or corrections between two positions. One row per span. */
export const TouchedLabelSpans = defineQuery({
  name: 'TouchedLabelSpans',
  purpose: 'which windows have new labels',
  sql: `
    SELECT toUInt64(intDiv(predicted_at, 300000) * 300000) AS span, toUInt64(max(toUnixTimestamp64Milli(recorded_at))) AS recordedAt,
      max(t.position) AS newest
    FROM driftledger.predictions_labelled_v1 AS t
    WHERE deployment_id = {deploymentId:UUID} AND position > {since:UInt64} AND position <= {position:UInt64}
    GROUP BY span
    ORDER BY span`,
  params: z.object({ deploymentId, since: BigIntParam, position: BigIntParam }),
  row: z.object({ span: Count, recordedAt: Count, newest: UInt64 }),
});

/** How many predictions of a window have a label, and how many got one or another one after a position. One row. */
export const WindowLabels = defineQuery({
  name: 'WindowLabels',
  purpose: 'whether a window has enough new labels to be measured again',
  sql: `
    SELECT uniqExact(key) AS labelled, uniqExactIf(key, position > {since:UInt64}) AS fresh
    FROM driftledger.predictions_labelled_v1
    WHERE deployment_id = {deploymentId:UUID} AND predicted_at >= {from:Int64} AND predicted_at < {until:Int64}
      AND position <= {position:UInt64}
      AND ({version:Nullable(String)} IS NULL OR version = {version:Nullable(String)})
      AND ({variant:Nullable(String)} IS NULL OR variant = {variant:Nullable(String)})`,
  params: z.object({ deploymentId, from: Span, until: Span, since: BigIntParam, position: BigIntParam, ...filters }),
  row: z.object({ labelled: Count, fresh: Count }),
});

const labelledRow = z.object({
  predictedAt: z.number(),
  value: z.number().nullable(),
  score: z.number().nullable(),
  class: z.string(),
  labelValue: z.number().nullable(),
  labelClass: z.string(),
  pairedAt: z.string(),
  predictedIn: z.string(),
  row: z.int(),
});
/** A row of the answer: with `row`, its place in the batch. */
export type PlacedLabelledRow = z.output<typeof labelledRow>;
/** A prediction beside its latest label. Measurements have a digest over these, so nothing may be added that is not measured. */
export type LabelledRow = Omit<PlacedLabelledRow, 'row'>;

/** Predictions of a range with their latest label, in the one order every fold uses. One row per labelled prediction. */
export const LabelledRows = defineQuery({
  name: 'LabelledRows',
  purpose: 'outputs beside ground truth, for performance',
  sql: `
    SELECT toFloat64(predicted_at) AS predictedAt, value, score, class, label_value AS labelValue, label_class AS labelClass,
      toString(position) AS pairedAt, toString(prediction_position) AS predictedIn, prediction_row AS row
    FROM (
      SELECT *
      FROM driftledger.predictions_labelled_v1
      WHERE deployment_id = {deploymentId:UUID} AND predicted_at >= {from:Int64} AND predicted_at < {until:Int64}
        AND position <= {position:UInt64}
        AND ({version:Nullable(String)} IS NULL OR version = {version:Nullable(String)})
        AND ({variant:Nullable(String)} IS NULL OR variant = {variant:Nullable(String)})
      ORDER BY key, label_position DESC
      LIMIT 1 BY key
    )
    ORDER BY predicted_at, prediction_position, prediction_row`,
  params: z.object({ deploymentId, from: Span, until: Span, position: BigIntParam, ...filters }),
  row: labelledRow,
  trusted: (row) => row as PlacedLabelledRow,
});

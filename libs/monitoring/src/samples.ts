import { z } from 'zod';
import { BigIntParam, Count, defineQuery } from '#libs/clickhouse';

/** Integer counts leave ClickHouse as Float64: exact below 2^53, and unquoted in JSON. They are summed as integers before. */
const Numbers = z.array(z.number());
const Span = z.int();
const filters = { version: z.string().nullable(), variant: z.string().nullable() };
const deploymentId = z.uuid();

/** What the log says about time for one deployment. One row; reads three columns of its batches. */
export const DeploymentLogTime = defineQuery({
  name: 'DeploymentLogTime',
  purpose: 'the watermark of a deployment, from the log alone',
  sql: `
    SELECT
      count() AS batches,
      min(at_min) AS oldest,
      max(least(at_max, toUnixTimestamp64Milli(recorded_at))) AS newest,
      max(toUnixTimestamp64Milli(recorded_at)) AS recordedAt,
      toUInt64(greatest(argMax(toUnixTimestamp64Milli(recorded_at) - at_max, position), 0)) AS lag
    FROM driftledger.predictions_batches_v1
    WHERE deployment_id = {deploymentId:UUID} AND position <= {position:UInt64}`,
  params: z.object({ deploymentId, position: BigIntParam }),
  row: z.object({ batches: Count, oldest: Count, newest: Count, recordedAt: Count, lag: Count }),
});

/** Where counts are summed: by five minutes, or by UTC day for windows that are whole ones. */
const CountTable = z.enum(['predictions_counts_5m_v1', 'predictions_counts_1d_v1']);
export type CountTable = z.infer<typeof CountTable>;

/** Spans of a range with rows that came after a position, and how many rows they hold now. One row per span of the table. */
export const TouchedSpans = defineQuery({
  name: 'TouchedSpans',
  purpose: 'which windows have new rows, and how many rows they hold',
  sql: `
    SELECT span, sum(total) AS rows
    FROM driftledger.{table:Identifier} AS counts
    WHERE deployment_id = {deploymentId:UUID} AND subject = 'volume' AND span >= {from:Int64} AND span < {until:Int64}
      AND ({version:Nullable(String)} IS NULL OR version = {version:Nullable(String)})
      AND ({variant:Nullable(String)} IS NULL OR variant = {variant:Nullable(String)})
    GROUP BY span
    HAVING max(counts.position) > {since:UInt64}
    ORDER BY span`,
  params: z.object({ table: CountTable, deploymentId, since: BigIntParam, from: Span, until: Span, ...filters }),
  row: z.object({ span: Count, rows: Count }),
});

const countRow = z.object({
  subject: z.string(),
  grid: z.string(),
  window: z.int(),
  buckets: Numbers,
  counts: Numbers,
  counted: z.number(),
  rows: z.number(),
  positionFrom: z.string(),
  positionTo: z.string(),
});
export type WindowCountRow = z.output<typeof countRow>;
// The row type of this query is large and trusted: a window of 60 features has some hundred thousand counts.
const trustedCountRow = (row: Readonly<Record<string, unknown>>): WindowCountRow => row as WindowCountRow;

/** All counts of several windows, apart: one row per (subject, grid, window), windows numbered from 1. The one SELECT of a measurement. */
export const WindowCounts = defineQuery({
  name: 'WindowCounts',
  purpose: 'bucket counts of a window and of the windows it is compared with',
  sql: `
    SELECT subject, grid, toInt32(window) AS window, tupleElement(merged, 1) AS buckets,
      CAST(tupleElement(merged, 2), 'Array(Float64)') AS counts, toFloat64(sampledRows) AS counted, toFloat64(allRows) AS rows,
      toString(lowest) AS positionFrom, toString(highest) AS positionTo
    FROM (
      SELECT subject, grid,
        arrayFirstIndex((f, u) -> span >= f AND span < u, {froms:Array(Int64)}, {untils:Array(Int64)}) AS window,
        sumMap(t.counts) AS merged, sum(t.sampled) AS sampledRows, sum(t.total) AS allRows,
        min(t.position_first) AS lowest, max(t.position) AS highest
      FROM driftledger.{table:Identifier} AS t
      WHERE deployment_id = {deploymentId:UUID} AND span >= {from:Int64} AND span < {until:Int64} AND window > 0
        AND ({version:Nullable(String)} IS NULL OR version = {version:Nullable(String)})
        AND ({variant:Nullable(String)} IS NULL OR variant = {variant:Nullable(String)})
      GROUP BY subject, grid, window
    )
    ORDER BY subject, grid, window`,
  params: z.object({
    table: CountTable,
    deploymentId,
    froms: z.array(Span),
    untils: z.array(Span),
    from: Span,
    until: Span,
    ...filters,
  }),
  row: countRow,
  trusted: trustedCountRow,
});

const range = { deploymentId, from: Span, until: Span, position: BigIntParam };

/** Times and tags of the rows of a range, batch by batch in log order. */
export const BatchTimes = defineQuery({
  name: 'BatchTimes',
  purpose: 'which rows of which batch belong to a window, for exact measurements',
  sql: `
    SELECT toString(position) AS id, CAST(at, 'Array(Float64)') AS at, version, variant, segments
    FROM driftledger.predictions_batches_v1
    WHERE deployment_id = {deploymentId:UUID} AND at_max >= {from:Int64} AND at_min < {until:Int64} AND position <= {position:UInt64}
    ORDER BY predictions_batches_v1.position`,
  params: z.object(range),
  row: z.object({ id: z.string(), at: Numbers, version: z.array(z.string()), variant: z.array(z.string()), segments: z.string() }),
});

/** Names and kinds of the subjects with rows in a range. */
export const SubjectsOfRange = defineQuery({
  name: 'SubjectsOfRange',
  purpose: 'what there is to measure exactly',
  sql: `
    SELECT feature AS subject, argMax(kind, position) AS kind
    FROM driftledger.predictions_features_v1
    WHERE deployment_id = {deploymentId:UUID} AND at_max >= {from:Int64} AND at_min < {until:Int64} AND position <= {position:UInt64}
    GROUP BY feature
    ORDER BY feature`,
  params: z.object(range),
  row: z.object({ subject: z.string(), kind: z.string() }),
});

const valueRow = z.object({
  id: z.string(),
  kind: z.string(),
  numbers: z.array(z.number().nullable()),
  words: z.array(z.string()),
  codes: z.array(z.int()),
  mistyped: z.string(),
});
export type SubjectRows = z.output<typeof valueRow>;

/** Values of one subject in a range, batch by batch in log order, leaving out those counted on the grid named (empty: none left out). */
export const SubjectValues = defineQuery({
  name: 'SubjectValues',
  purpose: 'values for exact measurements, and for rows that were counted on no grid or another one',
  sql: `
    SELECT toString(position) AS id, kind, numbers, words, codes, mistyped
    FROM driftledger.predictions_features_v1
    WHERE deployment_id = {deploymentId:UUID} AND feature = {subject:String} AND at_max >= {from:Int64} AND at_min < {until:Int64}
      AND position <= {position:UInt64} AND ({exceptGrid:String} = '' OR grid != {exceptGrid:String})
    ORDER BY predictions_features_v1.position`,
  params: z.object({ ...range, subject: z.string(), exceptGrid: z.string() }),
  row: valueRow,
  trusted: (row) => row as SubjectRows,
});

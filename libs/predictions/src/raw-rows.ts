import { dateTimeOf, type Cell, type Row } from '#libs/clickhouse';
import { type Recorded } from '#libs/kernel';
import { type FeatureColumn, type PredictionBatch, type WordColumn } from './batch.js';
import { gridText } from './counts.js';
import { type PredictionBatchEvent } from './events.js';
import { featureSubject, outputSubject } from './subjects.js';

export const BATCH_COLUMNS = [
  ...[
    'deployment_id',
    'position',
    'event_id',
    'recorded_at',
    'at_min',
    'at_max',
    'row_count',
    'ids',
    'at',
    'version',
    'variant',
    'segments',
  ],
  ...['weight', 'value', 'score', 'class', 'decision_action', 'decision_threshold', 'decision_reasons', 'error', 'latency_ms', 'subject'],
] as const;

export const FEATURE_COLUMNS = [
  ...['deployment_id', 'feature', 'position', 'recorded_at', 'at_min', 'at_max', 'kind', 'grid'],
  ...['numbers', 'words', 'codes', 'buckets', 'vectors', 'mistyped'],
] as const;

/** The header row of a batch: everything but the features. */
export function batchRow({ id, data, position, recordedAt }: Recorded<PredictionBatchEvent>): Row {
  const { columns } = data;
  const { atMin, atMax } = spanOf(data);
  return [
    ...[data.deploymentId, position.commit, id, dateTimeOf(recordedAt), atMin, atMax, data.rows],
    columns.id.map((own, row) => own ?? `${id}.${row}`),
    columns.at.map((at) => data.base + at),
    wordsByRow(columns.version),
    wordsByRow(columns.variant),
    columns.segments ? JSON.stringify(columns.segments) : '',
    columns.weight ?? [],
    columns.value?.values ?? [],
    columns.score?.values ?? [],
    wordsByRow(columns.class),
    wordsByRow(columns.decision?.action),
    columns.decision?.threshold ?? [],
    columns.decision?.reasons?.map((reasons) => (reasons ? JSON.stringify(reasons) : '')) ?? [],
    columns.error?.map((error) => error ?? '') ?? [],
    columns.latencyMs ?? [],
    columns.subject?.map((subject) => subject ?? '') ?? [],
  ];
}

/** One row per feature, and per output that is measured like one. */
export function featureRows({ data, position, recordedAt }: Recorded<PredictionBatchEvent>): Row[] {
  const { atMin, atMax } = spanOf(data);
  const recorded = dateTimeOf(recordedAt);
  const row = (subject: string, column: FeatureColumn): Row => [
    ...[data.deploymentId, subject, position.commit, recorded, atMin, atMax],
    ...valuesOf(column),
  ];
  const { value, score, class: word } = data.columns;
  return [
    ...Object.entries(data.features).map(([name, column]) => row(featureSubject(name), column)),
    ...(value ? [row(outputSubject('value'), value)] : []),
    ...(score ? [row(outputSubject('score'), score)] : []),
    ...(word ? [row(outputSubject('class'), word)] : []),
  ];
}

/** Kind, grid, numbers, words, codes, buckets, vectors, mistyped. */
function valuesOf(column: FeatureColumn): Cell[] {
  const mistyped = column.kind !== 'sealed' && column.mistyped ? JSON.stringify(column.mistyped) : '';
  switch (column.kind) {
    case 'number':
      return ['number', gridText(column.grid), column.values, [], [], [], [], mistyped];
    case 'category':
    case 'boolean':
      return [column.kind, '', [], column.words, column.codes, column.buckets, [], mistyped];
    case 'vector':
      return ['vector', '', [], [], [], [], column.values.map((vector) => vector ?? []), mistyped];
    case 'sealed':
      return ['sealed', '', [], column.values.map((value) => value ?? ''), [], [], [], ''];
  }
}

function spanOf({ base, columns }: PredictionBatch): { atMin: number; atMax: number } {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const at of columns.at) {
    if (at < least) least = at;
    if (at > most) most = at;
  }
  return columns.at.length === 0 ? { atMin: base, atMax: base } : { atMin: base + least, atMax: base + most };
}

const wordsByRow = (column: WordColumn | undefined): readonly string[] => column?.codes.map((code) => column.words[code] ?? '') ?? [];

import { dateTimeOf, type DeriveStep, type Projection, type Row, type TableSpec } from '#libs/clickhouse';
import { type Recorded } from '#libs/kernel';
import { type WordColumn } from './batch.js';
import { COUNT_COLUMNS, Counts } from './counts.js';
import { type LabelBatchEvent, type PredictionBatchEvent, type PredictionEvent } from './events.js';
import { BATCH_COLUMNS, batchRow, FEATURE_COLUMNS, featureRows } from './raw-rows.js';

const KEY_COLUMNS = [
  'deployment_id',
  'key',
  'position',
  'row',
  'recorded_at',
  'predicted_at',
  'version',
  'variant',
  'value',
  'score',
  'class',
  'weight',
];
const LABEL_COLUMNS = ['deployment_id', 'key', 'position', 'row', 'recorded_at', 'labelled_at', 'value', 'class'];

const month = (name: string, columns: readonly string[]): TableSpec => ({ name, columns, partition: 'month' });

/** Pairs are made when the later of the two arrives. Idempotent: the pair of the latest label replaces the others. */
const NEW_LABELS: DeriveStep = {
  name: 'pair new labels with their predictions',
  types: ['LabelBatchRecorded'],
  table: 'predictions_labelled_v1',
  sql: `INSERT INTO driftledger.predictions_labelled_v1 (deployment_id, predicted_at, key, position, label_position, recorded_at, prediction_position, prediction_row,
  version, variant, value, score, class, weight, label_value, label_class, labelled_at)
SELECT l.deployment_id, k.predicted_at, l.key, greatest(l.position, k.position), l.position * 1024 + l.row, l.recorded_at, k.position, k.row,
  k.version, k.variant, k.value, k.score, k.class, k.weight, l.value, l.class, l.labelled_at
FROM (SELECT * FROM driftledger.predictions_keys_v1
  WHERE (deployment_id, key) IN (SELECT deployment_id, key FROM driftledger.labels_v1 WHERE position BETWEEN {from:UInt64} AND {to:UInt64})) AS k
INNER JOIN (SELECT * FROM driftledger.labels_v1 WHERE position BETWEEN {from:UInt64} AND {to:UInt64}) AS l
ON l.deployment_id = k.deployment_id AND l.key = k.key`,
};

/** Taken from the few rows of new batches, not from the keys of all predictions: what it costs does not grow with the table. */
const NEW_PREDICTIONS: DeriveStep = {
  name: 'pair new predictions with labels that came before them',
  table: 'predictions_labelled_v1',
  types: ['PredictionBatchRecorded'],
  needs: 'labels_v1',
  sql: `INSERT INTO driftledger.predictions_labelled_v1 (deployment_id, predicted_at, key, position, label_position, recorded_at, prediction_position, prediction_row,
  version, variant, value, score, class, weight, label_value, label_class, labelled_at)
SELECT l.deployment_id, k.predicted_at, l.key, greatest(l.position, k.position), l.position * 1024 + l.row, l.recorded_at, k.position, k.number - 1,
  k.its_version, k.its_variant, k.its_value, k.its_score, k.its_class, k.its_weight, l.value, l.class, l.labelled_at
FROM (SELECT deployment_id, position, key, predicted_at, number, its_version, its_variant, its_value, its_score, its_class, its_weight
  FROM driftledger.predictions_batches_v1
  ARRAY JOIN ids AS key, at AS predicted_at, arrayEnumerate(ids) AS number,
    arrayResize(version, length(ids)) AS its_version, arrayResize(variant, length(ids)) AS its_variant,
    arrayResize(value, length(ids)) AS its_value, arrayResize(score, length(ids)) AS its_score,
    arrayResize(class, length(ids)) AS its_class, arrayResize(weight, length(ids), 1) AS its_weight
  WHERE position BETWEEN {from:UInt64} AND {to:UInt64}) AS k
INNER JOIN (SELECT * FROM driftledger.labels_v1 WHERE (deployment_id, key) IN
  (SELECT deployment_id, arrayJoin(ids) FROM driftledger.predictions_batches_v1 WHERE position BETWEEN {from:UInt64} AND {to:UInt64})) AS l
ON l.deployment_id = k.deployment_id AND l.key = k.key`,
};

/** Batches of predictions and labels as rows: raw columns, counts, keys, labels, and the pairs derived from the last two. */
export const predictionsProjection: Projection<PredictionEvent> = {
  name: 'predictions',
  version: 1,
  handles: ['PredictionBatchRecorded', 'LabelBatchRecorded'],
  tables: [
    month('predictions_batches_v1', BATCH_COLUMNS),
    month('predictions_features_v1', FEATURE_COLUMNS),
    month('predictions_counts_5m_v1', COUNT_COLUMNS),
    month('predictions_counts_1d_v1', COUNT_COLUMNS),
    month('predictions_keys_v1', KEY_COLUMNS),
    month('labels_v1', LABEL_COLUMNS),
  ],
  rows: (events) => {
    // A batch may hold nothing but what was refused, for the record.
    const predictions = events.filter(
      (event): event is Recorded<PredictionBatchEvent> => event.type === 'PredictionBatchRecorded' && event.data.rows > 0,
    );
    const labels = events.filter((event): event is Recorded<LabelBatchEvent> => event.type === 'LabelBatchRecorded');
    const counts = new Counts();
    for (const batch of predictions) counts.add(batch);
    return new Map([
      ['predictions_batches_v1', predictions.map(batchRow)],
      ['predictions_features_v1', predictions.flatMap(featureRows)],
      ['predictions_counts_5m_v1', counts.rows('5m')],
      ['predictions_counts_1d_v1', counts.rows('1d')],
      ['predictions_keys_v1', predictions.flatMap(keyRows)],
      ['labels_v1', labels.flatMap(labelRows)],
    ]);
  },
  derive: [NEW_LABELS, NEW_PREDICTIONS],
};

const wordAt = (column: WordColumn | undefined, row: number): string => column?.words[column.codes[row] ?? -1] ?? '';

/** The id of a prediction that came without one. */
const predictionIdOf = (batch: string, row: number, id: string | null | undefined): string => id ?? `${batch}.${row}`;

function keyRows({ id: batch, data, position, recordedAt }: Recorded<PredictionBatchEvent>): Row[] {
  const { columns } = data;
  const recorded = dateTimeOf(recordedAt);
  return columns.id.map((id, row) => [
    data.deploymentId,
    predictionIdOf(batch, row, id),
    position.commit,
    row,
    recorded,
    data.base + (columns.at[row] ?? 0),
    wordAt(columns.version, row),
    wordAt(columns.variant, row),
    columns.value?.values[row] ?? null,
    columns.score?.values[row] ?? null,
    wordAt(columns.class, row),
    columns.weight?.[row] ?? 1,
  ]);
}

function labelRows({ data, position, recordedAt }: Recorded<LabelBatchEvent>): Row[] {
  const { columns } = data;
  const recorded = dateTimeOf(recordedAt);
  return columns.id.map((id, row) => [
    data.deploymentId,
    id,
    position.commit,
    row,
    recorded,
    data.base + (columns.at[row] ?? 0),
    columns.value?.[row] ?? null,
    wordAt(columns.class, row),
  ]);
}

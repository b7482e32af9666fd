-- why: the read model of predictions and labels. Raw rows are kept one per (batch, feature) with arrays, because that inserted
-- two to three times faster than a row per prediction; drift is measured from the integer counts, which any window is a sum of.

CREATE TABLE IF NOT EXISTS driftledger.predictions_batches_v1 {{on_cluster}} (
  deployment_id UUID COMMENT 'deployment that answered',
  position UInt64 COMMENT 'position of the batch event in the log',
  event_id UUID COMMENT 'id of the batch event; a prediction is (batch, row)',
  recorded_at DateTime64(3, 'UTC') COMMENT 'when the log took the batch',
  at_min Int64 COMMENT 'earliest prediction time, epoch milliseconds',
  at_max Int64 COMMENT 'latest prediction time, epoch milliseconds',
  row_count UInt32 COMMENT 'predictions in the batch',
  ids Array(String) COMMENT 'prediction ids by row',
  at Array(Int64) COMMENT 'prediction times by row, epoch milliseconds',
  version Array(LowCardinality(String)) COMMENT 'model version by row; empty array: none named',
  variant Array(LowCardinality(String)) COMMENT 'variant by row; empty array: none named',
  segments String COMMENT 'JSON of segment tags: {name: {words, codes}}; empty: none',
  weight Array(UInt32) COMMENT 'sample weight by row; empty array: all 1',
  value Array(Nullable(Float64)) COMMENT 'numeric output by row; empty array: none',
  score Array(Nullable(Float64)) COMMENT 'score by row; empty array: none',
  class Array(LowCardinality(String)) COMMENT 'class by row, empty string for missing; empty array: none',
  decision_action Array(LowCardinality(String)) COMMENT 'action taken by row; empty array: none',
  decision_threshold Array(Nullable(Float64)) COMMENT 'threshold the decision used by row; empty array: none',
  decision_reasons Array(String) COMMENT 'JSON array of reasons by row; empty array: none',
  error Array(String) COMMENT 'error the model reported by row, empty string for none; empty array: none',
  latency_ms Array(Nullable(Float64)) COMMENT 'latency by row in milliseconds; empty array: none',
  subject Array(String) COMMENT 'pseudonym of the data subject by row; empty array: none'
) ENGINE = {{merge_tree}}
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (deployment_id, at_min, position);

CREATE TABLE IF NOT EXISTS driftledger.predictions_features_v1 {{on_cluster}} (
  deployment_id UUID COMMENT 'deployment that answered',
  feature LowCardinality(String) COMMENT 'subject: feature:<name> or output:<name>',
  position UInt64 COMMENT 'position of the batch event in the log',
  recorded_at DateTime64(3, 'UTC') COMMENT 'when the log took the batch',
  at_min Int64 COMMENT 'earliest prediction time of the batch, epoch milliseconds',
  at_max Int64 COMMENT 'latest prediction time of the batch, epoch milliseconds',
  kind LowCardinality(String) COMMENT 'number, category, boolean, vector or sealed',
  grid String COMMENT 'grid the values are counted by, centre/unit; empty: not counted',
  numbers Array(Nullable(Float64)) COMMENT 'values by row of a number',
  words Array(String) COMMENT 'distinct words of a category, in order of code; one element a row when sealed',
  codes Array(Int32) COMMENT 'code by row into words, -1 missing',
  buckets Array(Int32) COMMENT 'bucket of each word',
  vectors Array(Array(Float64)) COMMENT 'values by row of a vector, empty for missing',
  mistyped String COMMENT 'JSON {row: value as sent} of values that did not fit; empty: none'
) ENGINE = {{merge_tree}}
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (deployment_id, feature, at_min, position);

CREATE TABLE IF NOT EXISTS driftledger.predictions_counts_5m_v1 {{on_cluster}} (
  deployment_id UUID COMMENT 'deployment that answered',
  subject LowCardinality(String) COMMENT 'feature:<name>, output:<name> or volume',
  span Int64 COMMENT 'start of five minutes of prediction time, epoch milliseconds',
  version LowCardinality(String) COMMENT 'model version, empty: none named',
  variant LowCardinality(String) COMMENT 'variant, empty: none named',
  grid String COMMENT 'grid of the buckets, centre/unit; word: buckets are words; none: numbers without a grid, not in counts',
  month UInt32 COMMENT 'yyyymm of the time of record: the partition',
  counts SimpleAggregateFunction(sumMap, Tuple(Array(Int32), Array(UInt64))) COMMENT 'bucket -> sum of weights',
  sampled SimpleAggregateFunction(sum, UInt64) COMMENT 'rows that are in a bucket with a value',
  total SimpleAggregateFunction(sum, UInt64) COMMENT 'all rows',
  position SimpleAggregateFunction(max, UInt64) COMMENT 'highest position counted',
  position_first SimpleAggregateFunction(min, UInt64) COMMENT 'lowest position counted'
) ENGINE = {{merge_tree:Aggregating}}
PARTITION BY month
ORDER BY (deployment_id, subject, span, version, variant, grid);

CREATE TABLE IF NOT EXISTS driftledger.predictions_counts_1d_v1 {{on_cluster}} (
  deployment_id UUID COMMENT 'deployment that answered',
  subject LowCardinality(String) COMMENT 'feature:<name>, output:<name> or volume',
  span Int64 COMMENT 'start of the UTC day of prediction time, epoch milliseconds',
  version LowCardinality(String) COMMENT 'model version, empty: none named',
  variant LowCardinality(String) COMMENT 'variant, empty: none named',
  grid String COMMENT 'grid of the buckets, centre/unit; word: buckets are words; none: numbers without a grid, not in counts',
  month UInt32 COMMENT 'yyyymm of the time of record: the partition',
  counts SimpleAggregateFunction(sumMap, Tuple(Array(Int32), Array(UInt64))) COMMENT 'bucket -> sum of weights',
  sampled SimpleAggregateFunction(sum, UInt64) COMMENT 'rows that are in a bucket with a value',
  total SimpleAggregateFunction(sum, UInt64) COMMENT 'all rows',
  position SimpleAggregateFunction(max, UInt64) COMMENT 'highest position counted',
  position_first SimpleAggregateFunction(min, UInt64) COMMENT 'lowest position counted'
) ENGINE = {{merge_tree:Aggregating}}
PARTITION BY month
ORDER BY (deployment_id, subject, span, version, variant, grid);

CREATE TABLE IF NOT EXISTS driftledger.predictions_keys_v1 {{on_cluster}} (
  deployment_id UUID COMMENT 'deployment that answered',
  key String COMMENT 'prediction id',
  position UInt64 COMMENT 'position of the batch event in the log',
  row UInt32 COMMENT 'row in the batch',
  recorded_at DateTime64(3, 'UTC') COMMENT 'when the log took the batch',
  predicted_at Int64 COMMENT 'prediction time, epoch milliseconds',
  version LowCardinality(String) COMMENT 'model version, empty: none named',
  variant LowCardinality(String) COMMENT 'variant, empty: none named',
  value Nullable(Float64) COMMENT 'numeric output',
  score Nullable(Float64) COMMENT 'score',
  class LowCardinality(String) COMMENT 'class, empty: none',
  weight UInt32 COMMENT 'sample weight'
) ENGINE = {{merge_tree}}
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (deployment_id, key);

CREATE TABLE IF NOT EXISTS driftledger.labels_v1 {{on_cluster}} (
  deployment_id UUID COMMENT 'deployment the label is for',
  key String COMMENT 'prediction id',
  position UInt64 COMMENT 'position of the label event in the log',
  row UInt32 COMMENT 'row in the label batch',
  recorded_at DateTime64(3, 'UTC') COMMENT 'when the log took the label',
  labelled_at Int64 COMMENT 'time the truth was observed, epoch milliseconds',
  value Nullable(Float64) COMMENT 'numeric label',
  class String COMMENT 'label as a word, empty: numeric'
) ENGINE = {{merge_tree}}
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (deployment_id, key);

CREATE TABLE IF NOT EXISTS driftledger.predictions_labelled_v1 {{on_cluster}} (
  deployment_id UUID COMMENT 'deployment that answered',
  predicted_at Int64 COMMENT 'prediction time, epoch milliseconds',
  key String COMMENT 'prediction id',
  position UInt64 COMMENT 'the later of the two positions that made the pair',
  label_position UInt64 COMMENT 'position of the label event times 1024 plus its row: the latest label in log order counts',
  recorded_at DateTime64(3, 'UTC') COMMENT 'when the log took the label',
  prediction_position UInt64 COMMENT 'position of the batch event',
  prediction_row UInt32 COMMENT 'row in the batch',
  version LowCardinality(String) COMMENT 'model version, empty: none named',
  variant LowCardinality(String) COMMENT 'variant, empty: none named',
  value Nullable(Float64) COMMENT 'numeric output',
  score Nullable(Float64) COMMENT 'score',
  class LowCardinality(String) COMMENT 'class, empty: none',
  weight UInt32 COMMENT 'sample weight',
  label_value Nullable(Float64) COMMENT 'numeric label',
  label_class String COMMENT 'label as a word, empty: numeric',
  labelled_at Int64 COMMENT 'time the truth was observed, epoch milliseconds'
) ENGINE = {{merge_tree:Replacing(label_position)}}
ORDER BY (deployment_id, predicted_at, key);

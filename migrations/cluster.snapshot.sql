-- Generated: all migrations as they run on a cluster named 'main'; see README.md, On a cluster.

CREATE DATABASE IF NOT EXISTS driftledger ON CLUSTER main
ENGINE = Replicated('/clickhouse/databases/driftledger', '{shard}', '{replica}');

CREATE TABLE IF NOT EXISTS driftledger.schema_migrations
(
    `name` String COMMENT 'file name',
    `sha256` String COMMENT 'digest of the file, hex',
    `applied_at` DateTime64(3, 'UTC') COMMENT 'when its last statement had run'
)
ENGINE = ReplicatedMergeTree
ORDER BY name
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'applied migrations';

CREATE TABLE IF NOT EXISTS driftledger.schema_migrations_turns
(
    `turn` UInt64 COMMENT 'counts up; the highest one migrates until it is done',
    `holder` String COMMENT 'process whose turn it is: host, process id and a random part',
    `done` Bool COMMENT 'whether the turn is over',
    `heard_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the server heard from the holder'
)
ENGINE = ReplicatedMergeTree
ORDER BY turn
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'which process applies migrations';

CREATE TABLE IF NOT EXISTS driftledger.predictions_batches_v1
(
    `deployment_id` UUID COMMENT 'deployment that answered',
    `position` UInt64 COMMENT 'position of the batch event in the log',
    `event_id` UUID COMMENT 'id of the batch event; a prediction is (batch, row)',
    `recorded_at` DateTime64(3, 'UTC') COMMENT 'when the log took the batch',
    `at_min` Int64 COMMENT 'earliest prediction time, epoch milliseconds',
    `at_max` Int64 COMMENT 'latest prediction time, epoch milliseconds',
    `row_count` UInt32 COMMENT 'predictions in the batch',
    `ids` Array(String) COMMENT 'prediction ids by row',
    `at` Array(Int64) COMMENT 'prediction times by row, epoch milliseconds',
    `version` Array(LowCardinality(String)) COMMENT 'model version by row; empty array: none named',
    `variant` Array(LowCardinality(String)) COMMENT 'variant by row; empty array: none named',
    `segments` String COMMENT 'JSON of segment tags: {name: {words, codes}}; empty: none',
    `weight` Array(UInt32) COMMENT 'sample weight by row; empty array: all 1',
    `value` Array(Nullable(Float64)) COMMENT 'numeric output by row; empty array: none',
    `score` Array(Nullable(Float64)) COMMENT 'score by row; empty array: none',
    `class` Array(LowCardinality(String)) COMMENT 'class by row, empty string for missing; empty array: none',
    `decision_action` Array(LowCardinality(String)) COMMENT 'action taken by row; empty array: none',
    `decision_threshold` Array(Nullable(Float64)) COMMENT 'threshold the decision used by row; empty array: none',
    `decision_reasons` Array(String) COMMENT 'JSON array of reasons by row; empty array: none',
    `error` Array(String) COMMENT 'error the model reported by row, empty string for none; empty array: none',
    `latency_ms` Array(Nullable(Float64)) COMMENT 'latency by row in milliseconds; empty array: none',
    `subject` Array(String) COMMENT 'pseudonym of the data subject by row; empty array: none'
)
ENGINE = ReplicatedMergeTree
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (deployment_id, at_min, position)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS driftledger.predictions_features_v1
(
    `deployment_id` UUID COMMENT 'deployment that answered',
    `feature` LowCardinality(String) COMMENT 'subject: feature:<name> or output:<name>',
    `position` UInt64 COMMENT 'position of the batch event in the log',
    `recorded_at` DateTime64(3, 'UTC') COMMENT 'when the log took the batch',
    `at_min` Int64 COMMENT 'earliest prediction time of the batch, epoch milliseconds',
    `at_max` Int64 COMMENT 'latest prediction time of the batch, epoch milliseconds',
    `kind` LowCardinality(String) COMMENT 'number, category, boolean, vector or sealed',
    `grid` String COMMENT 'grid the values are counted by, centre/unit; empty: not counted',
    `numbers` Array(Nullable(Float64)) COMMENT 'values by row of a number',
    `words` Array(String) COMMENT 'distinct words of a category, in order of code; one element a row when sealed',
    `codes` Array(Int32) COMMENT 'code by row into words, -1 missing',
    `buckets` Array(Int32) COMMENT 'bucket of each word',
    `vectors` Array(Array(Float64)) COMMENT 'values by row of a vector, empty for missing',
    `mistyped` String COMMENT 'JSON {row: value as sent} of values that did not fit; empty: none'
)
ENGINE = ReplicatedMergeTree
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (deployment_id, feature, at_min, position)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS driftledger.predictions_counts_5m_v1
(
    `deployment_id` UUID COMMENT 'deployment that answered',
    `subject` LowCardinality(String) COMMENT 'feature:<name>, output:<name> or volume',
    `span` Int64 COMMENT 'start of five minutes of prediction time, epoch milliseconds',
    `version` LowCardinality(String) COMMENT 'model version, empty: none named',
    `variant` LowCardinality(String) COMMENT 'variant, empty: none named',
    `grid` String COMMENT 'grid of the buckets, centre/unit; word: buckets are words; none: numbers without a grid, not in counts',
    `month` UInt32 COMMENT 'yyyymm of the time of record: the partition',
    `counts` SimpleAggregateFunction(sumMap, Tuple(
        Array(Int32),
        Array(UInt64))) COMMENT 'bucket -> sum of weights',
    `sampled` SimpleAggregateFunction(sum, UInt64) COMMENT 'rows that are in a bucket with a value',
    `total` SimpleAggregateFunction(sum, UInt64) COMMENT 'all rows',
    `position` SimpleAggregateFunction(max, UInt64) COMMENT 'highest position counted',
    `position_first` SimpleAggregateFunction(min, UInt64) COMMENT 'lowest position counted'
)
ENGINE = ReplicatedAggregatingMergeTree
PARTITION BY month
ORDER BY (deployment_id, subject, span, version, variant, grid)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS driftledger.predictions_counts_1d_v1
(
    `deployment_id` UUID COMMENT 'deployment that answered',
    `subject` LowCardinality(String) COMMENT 'feature:<name>, output:<name> or volume',
    `span` Int64 COMMENT 'start of the UTC day of prediction time, epoch milliseconds',
    `version` LowCardinality(String) COMMENT 'model version, empty: none named',
    `variant` LowCardinality(String) COMMENT 'variant, empty: none named',
    `grid` String COMMENT 'grid of the buckets, centre/unit; word: buckets are words; none: numbers without a grid, not in counts',
    `month` UInt32 COMMENT 'yyyymm of the time of record: the partition',
    `counts` SimpleAggregateFunction(sumMap, Tuple(
        Array(Int32),
        Array(UInt64))) COMMENT 'bucket -> sum of weights',
    `sampled` SimpleAggregateFunction(sum, UInt64) COMMENT 'rows that are in a bucket with a value',
    `total` SimpleAggregateFunction(sum, UInt64) COMMENT 'all rows',
    `position` SimpleAggregateFunction(max, UInt64) COMMENT 'highest position counted',
    `position_first` SimpleAggregateFunction(min, UInt64) COMMENT 'lowest position counted'
)
ENGINE = ReplicatedAggregatingMergeTree
PARTITION BY month
ORDER BY (deployment_id, subject, span, version, variant, grid)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS driftledger.predictions_keys_v1
(
    `deployment_id` UUID COMMENT 'deployment that answered',
    `key` String COMMENT 'prediction id',
    `position` UInt64 COMMENT 'position of the batch event in the log',
    `row` UInt32 COMMENT 'row in the batch',
    `recorded_at` DateTime64(3, 'UTC') COMMENT 'when the log took the batch',
    `predicted_at` Int64 COMMENT 'prediction time, epoch milliseconds',
    `version` LowCardinality(String) COMMENT 'model version, empty: none named',
    `variant` LowCardinality(String) COMMENT 'variant, empty: none named',
    `value` Nullable(Float64) COMMENT 'numeric output',
    `score` Nullable(Float64) COMMENT 'score',
    `class` LowCardinality(String) COMMENT 'class, empty: none',
    `weight` UInt32 COMMENT 'sample weight'
)
ENGINE = ReplicatedMergeTree
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (deployment_id, key)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS driftledger.labels_v1
(
    `deployment_id` UUID COMMENT 'deployment the label is for',
    `key` String COMMENT 'prediction id',
    `position` UInt64 COMMENT 'position of the label event in the log',
    `row` UInt32 COMMENT 'row in the label batch',
    `recorded_at` DateTime64(3, 'UTC') COMMENT 'when the log took the label',
    `labelled_at` Int64 COMMENT 'time the truth was observed, epoch milliseconds',
    `value` Nullable(Float64) COMMENT 'numeric label',
    `class` String COMMENT 'label as a word, empty: numeric'
)
ENGINE = ReplicatedMergeTree
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (deployment_id, key)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS driftledger.predictions_labelled_v1
(
    `deployment_id` UUID COMMENT 'deployment that answered',
    `predicted_at` Int64 COMMENT 'prediction time, epoch milliseconds',
    `key` String COMMENT 'prediction id',
    `position` UInt64 COMMENT 'the later of the two positions that made the pair',
    `label_position` UInt64 COMMENT 'position of the label event times 1024 plus its row: the latest label in log order counts',
    `recorded_at` DateTime64(3, 'UTC') COMMENT 'when the log took the label',
    `prediction_position` UInt64 COMMENT 'position of the batch event',
    `prediction_row` UInt32 COMMENT 'row in the batch',
    `version` LowCardinality(String) COMMENT 'model version, empty: none named',
    `variant` LowCardinality(String) COMMENT 'variant, empty: none named',
    `value` Nullable(Float64) COMMENT 'numeric output',
    `score` Nullable(Float64) COMMENT 'score',
    `class` LowCardinality(String) COMMENT 'class, empty: none',
    `weight` UInt32 COMMENT 'sample weight',
    `label_value` Nullable(Float64) COMMENT 'numeric label',
    `label_class` String COMMENT 'label as a word, empty: numeric',
    `labelled_at` Int64 COMMENT 'time the truth was observed, epoch milliseconds'
)
ENGINE = ReplicatedReplacingMergeTree(label_position)
ORDER BY (deployment_id, predicted_at, key)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS driftledger.audit_entries_v1
(
    `intake` UInt8 COMMENT '1 for entries of class intake, else 0: first in the sorting key, so that they need not be read',
    `position` UInt64 COMMENT 'where the event stands in the log',
    `event_id` UUID COMMENT 'id of the event',
    `recorded_at` DateTime64(3, 'UTC') COMMENT 'when the log took the event; partitions use this',
    `type` LowCardinality(String) COMMENT 'name of the event, such as AlertRaised',
    `class` LowCardinality(String) COMMENT 'intake, measurement, alert, deployment, registry, access, identity, privacy or other',
    `stream` String COMMENT 'stream of the event',
    `revision` UInt64 COMMENT 'revision of the event in its stream, from 0',
    `actor_id` LowCardinality(String) COMMENT 'principal behind the command, as UUID',
    `actor_kind` LowCardinality(String) COMMENT 'person, service or job',
    `actor_via` LowCardinality(String) COMMENT 'key or session the principal used, never a secret',
    `on_behalf_of` String COMMENT 'on whose behalf; empty when on its own',
    `surface` LowCardinality(String) COMMENT 'http, graphql, cli, bus or internal',
    `route` LowCardinality(String) COMMENT 'route or field of the surface; empty when it has none',
    `client` LowCardinality(String) COMMENT 'what the client called itself; empty when it did not',
    `address_class` LowCardinality(String) COMMENT 'loopback, private, public or process; addresses are not kept',
    `reason` String COMMENT 'reason given with the command; empty when none was given',
    `correlation_id` UUID COMMENT 'what belongs to one request or flow',
    `causation_id` UUID COMMENT 'event or command that caused this one',
    `command_id` UUID COMMENT 'command that made the event',
    `deployment_id` LowCardinality(String) COMMENT 'deployment the entry is about, as UUID; empty when none',
    `monitor_id` LowCardinality(String) COMMENT 'monitor the entry is about, as UUID; empty when none',
    `model` LowCardinality(String) COMMENT 'model the event itself names; empty when it names none',
    `subject` LowCardinality(String) COMMENT 'feature, output, volume or metric the entry is about; empty when none',
    `summary` String COMMENT 'one line of English',
    `changes` String COMMENT 'JSON array of {path, before, after}; before is null where the event does not know it',
    `sha256` FixedString(64) COMMENT 'SHA-256 of the uncompressed body of the event, hex',
    INDEX by_event event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_type type TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_class class TYPE set(16) GRANULARITY 1,
    INDEX by_actor actor_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_correlation correlation_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_deployment deployment_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_monitor monitor_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_model model TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_subject subject TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_time recorded_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplicatedMergeTree
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (intake, position)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 512, min_compress_block_size = 4096
COMMENT 'one row per event of the log: what happened, by whom, from where and why';

CREATE TABLE IF NOT EXISTS driftledger.alerts_log_v1
(
    `deployment_id` UUID COMMENT 'deployment the subject belongs to',
    `deployment` LowCardinality(String) COMMENT 'name of the deployment',
    `monitor_id` UUID COMMENT 'monitor that judged',
    `monitor` LowCardinality(String) COMMENT 'name of the monitor',
    `subject` LowCardinality(String) COMMENT 'feature:<name>, output:<name>, volume or performance:<metric>',
    `alert_id` UUID COMMENT 'alert of the subject over all its episodes: the id in the stream name',
    `episode` UInt32 COMMENT 'episode, counted from 1',
    `episode_id` UUID COMMENT 'id of the episode: what people see as an alert',
    `position` UInt64 COMMENT 'position of the event in the log',
    `event_id` UUID COMMENT 'id of the event',
    `recorded_at` DateTime64(3, 'UTC') COMMENT 'when the log took the event',
    `kind` LowCardinality(String) COMMENT 'suspected, counted, dropped, raised, acknowledged, silenced, silence_ended, cleared or restated',
    `status` LowCardinality(String) COMMENT 'status from here on: suspected, raised, acknowledged, cleared or dropped; empty: unchanged',
    `severity` UInt8 COMMENT '1 low, 2 medium, 3 high; 0: the event says nothing about it',
    `window_from` Int64 COMMENT 'start of the judged window, epoch milliseconds; -1: no window',
    `window_until` Int64 COMMENT 'end of the judged window, exclusive, epoch milliseconds; -1: no window',
    `verdict` LowCardinality(String) COMMENT 'breach, calm or no_data; empty: nothing was judged',
    `silenced_until` Int64 COMMENT 'end of the silence in force from here on, epoch milliseconds; 0: none; -1: the event says nothing about it',
    `actor_id` UUID COMMENT 'principal behind the event',
    `reason` String COMMENT 'reason or note a person gave, or why a window was measured again; empty: none',
    `data` String COMMENT 'policy, judgement with evidence, and breaches of the event as JSON',
    INDEX by_episode episode_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplicatedMergeTree
ORDER BY (position)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 1024;

CREATE TABLE IF NOT EXISTS driftledger.alerts_state_v1
(
    `deployment_id` UUID COMMENT 'deployment the subject belongs to',
    `deployment` LowCardinality(String) COMMENT 'name of the deployment',
    `monitor_id` UUID COMMENT 'monitor that judged',
    `monitor` LowCardinality(String) COMMENT 'name of the monitor',
    `subject` LowCardinality(String) COMMENT 'feature:<name>, output:<name>, volume or performance:<metric>',
    `alert_id` UUID COMMENT 'alert of the subject over all its episodes',
    `episode` UInt32 COMMENT 'episode, counted from 1',
    `episode_id` UUID COMMENT 'id of the episode',
    `position` UInt64 COMMENT 'position of the latest event of the episode: the newest row counts',
    `position_first` UInt64 COMMENT 'position of the first event of the episode: orders lists',
    `status` LowCardinality(String) COMMENT 'suspected, raised, acknowledged, cleared or dropped',
    `severity` UInt8 COMMENT 'highest severity of its breaches: 1 low, 2 medium, 3 high',
    `opened_at` Int64 COMMENT 'when the log took the first event, epoch milliseconds',
    `raised_at` Int64 COMMENT 'when it was raised, epoch milliseconds; 0: not raised',
    `acknowledged_at` Int64 COMMENT 'when somebody acknowledged it, epoch milliseconds; 0: nobody has',
    `acknowledged_by` String COMMENT 'principal who acknowledged it; empty: nobody has',
    `cleared_at` Int64 COMMENT 'when it was cleared, epoch milliseconds; 0: not cleared',
    `cleared_by` String COMMENT 'principal who cleared it by command; empty: calm did, or it is not cleared',
    `silenced_until` Int64 COMMENT 'end of the latest silence, epoch milliseconds; 0: none',
    `silence_reason` String COMMENT 'reason of the latest silence; empty: none',
    `decisive` String COMMENT 'data of the event that raised it, or that began the suspicion, as JSON',
    `latest` String COMMENT 'data of the latest judged window as JSON'
)
ENGINE = ReplicatedReplacingMergeTree(position)
ORDER BY (episode_id)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS driftledger.deployments_registered_v1
(
    `deployment_id` UUID COMMENT 'id of the deployment, from its name',
    `position` UInt64 COMMENT 'position of the event in the log: orders lists',
    `event_id` UUID COMMENT 'id of the event',
    `recorded_at` DateTime64(3, 'UTC') COMMENT 'when it was registered',
    `name` String COMMENT 'name, never changes',
    `model` String COMMENT 'model behind it; empty: not named',
    `environment` String COMMENT 'environment; empty: not named',
    `strict` Bool COMMENT 'refuses records with mistyped or unknown values',
    `on_first_post` Bool COMMENT 'registered by its first predictions'
)
ENGINE = ReplicatedReplacingMergeTree(position)
ORDER BY (deployment_id)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS driftledger.deployments_schema_v1
(
    `deployment_id` UUID COMMENT 'deployment the schema is of',
    `subject` String COMMENT 'feature:<name> or output:<name>; empty: the schema as a whole',
    `aspect` LowCardinality(String) COMMENT 'type, grid or words of a subject; version or settled of the schema',
    `position` UInt64 COMMENT 'position of the event in the log: the newest row of an aspect counts',
    `event_id` UUID COMMENT 'id of the event',
    `recorded_at` DateTime64(3, 'UTC') COMMENT 'when the log took the event',
    `schema_version` UInt32 COMMENT 'version of the schema from here on',
    `kind` LowCardinality(String) COMMENT 'type: integer, number, category, boolean or vector; empty: another aspect',
    `length` UInt32 COMMENT 'type: elements of a vector; 0: no vector',
    `declared` Bool COMMENT 'type: declared by a person, not inferred',
    `personal` LowCardinality(String) COMMENT 'type: drop, hash or encrypt; empty: not personal',
    `centre` Float64 COMMENT 'grid: centre; 0 for another aspect',
    `unit` Float64 COMMENT 'grid: width of a bucket around the centre; 0: another aspect',
    `basis` LowCardinality(String) COMMENT 'grid: declared, reference, observed or command; empty: another aspect',
    `words` UInt32 COMMENT 'words: categories with a count of their own',
    `full` Bool COMMENT 'words: later categories are counted as other'
)
ENGINE = ReplicatedReplacingMergeTree(position)
ORDER BY (deployment_id, subject, aspect)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS driftledger.monitoring_monitors_v1
(
    `monitor_id` UUID COMMENT 'monitor',
    `position` UInt64 COMMENT 'position of the event that made this state',
    `event_id` UUID COMMENT 'id of that event',
    `recorded_at` DateTime64(3, 'UTC') COMMENT 'when the log took it',
    `change` LowCardinality(String) COMMENT 'type of the event: each fills some of the columns, the newest non-empty value counts',
    `name` String COMMENT 'name, empty: unchanged',
    `deployment_id` String COMMENT 'deployment that is watched, empty: unchanged',
    `deployment` String COMMENT 'name of that deployment, empty: unchanged',
    `status` LowCardinality(String) COMMENT 'active or paused, empty: unchanged',
    `definition_version` UInt32 COMMENT 'counts the definitions, 0: unchanged',
    `definition` String COMMENT 'JSON of the whole definition, empty: unchanged'
)
ENGINE = ReplicatedReplacingMergeTree
ORDER BY (monitor_id, position)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS driftledger.monitoring_measurements_v1
(
    `monitor_id` UUID COMMENT 'monitor',
    `deployment_id` UUID COMMENT 'deployment',
    `kind` LowCardinality(String) COMMENT 'drift or performance',
    `subject` LowCardinality(String) COMMENT 'feature:<name>, output:<name>, volume, label:<form>, performance:<metric>; empty: the window was skipped',
    `window_from` Int64 COMMENT 'start of the window, epoch milliseconds',
    `window_until` Int64 COMMENT 'end of the window, exclusive, epoch milliseconds',
    `revision` UInt32 COMMENT 'from 1; the highest is what is known now',
    `reason` LowCardinality(String) COMMENT 'why the revision was made',
    `skipped` LowCardinality(String) COMMENT 'why the window was skipped; empty: measured',
    `position` UInt64 COMMENT 'position of the measurement event in the log',
    `event_id` UUID COMMENT 'id of that event',
    `recorded_at` DateTime64(3, 'UTC') COMMENT 'when the log took it',
    `form` LowCardinality(String) COMMENT 'numeric, categorical, volume or performance; empty: skipped',
    `method` LowCardinality(String) COMMENT 'method of the main score; empty: none',
    `score` Float64 COMMENT 'main score, 0 where there is none',
    `judged` UInt8 COMMENT '1 when a verdict was given',
    `breach` UInt8 COMMENT '1 when the verdict is a breach',
    `rows` UInt64 COMMENT 'rows of the window',
    `labelled` UInt64 COMMENT 'of them with a label, performance only',
    `head` String COMMENT 'JSON of the measurement without its subjects, empty except for the first subject of an event',
    `detail` String COMMENT 'JSON of the subject as recorded, empty: skipped'
)
ENGINE = ReplicatedReplacingMergeTree(position)
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (monitor_id, subject, window_from, kind, revision)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS driftledger.audit_entries_v2
(
    `intake` UInt8 COMMENT '1 for entries of class intake, else 0: first in the sorting key, so that they need not be read',
    `position` UInt64 COMMENT 'where the event stands in the log',
    `event_id` UUID COMMENT 'id of the event',
    `recorded_at` DateTime64(3, 'UTC') COMMENT 'when the log took the event',
    `type` LowCardinality(String) COMMENT 'name of the event, such as AlertRaised',
    `class` LowCardinality(String) COMMENT 'intake, measurement, alert, deployment, registry, access, identity, privacy or other',
    `stream` String COMMENT 'stream of the event',
    `revision` UInt64 COMMENT 'revision of the event in its stream, from 0',
    `actor_id` LowCardinality(String) COMMENT 'principal behind the command, as UUID',
    `actor_kind` LowCardinality(String) COMMENT 'person, service or job',
    `actor_via` LowCardinality(String) COMMENT 'key or session the principal used, never a secret',
    `on_behalf_of` String COMMENT 'on whose behalf; empty when on its own',
    `surface` LowCardinality(String) COMMENT 'http, graphql, cli, bus or internal',
    `route` LowCardinality(String) COMMENT 'route or field of the surface; empty when it has none',
    `client` LowCardinality(String) COMMENT 'what the client called itself; empty when it did not',
    `address_class` LowCardinality(String) COMMENT 'loopback, private, public or process; addresses are not kept',
    `reason` String COMMENT 'reason given with the command; empty when none was given',
    `correlation_id` UUID COMMENT 'what belongs to one request or flow',
    `causation_id` UUID COMMENT 'event or command that caused this one',
    `command_id` UUID COMMENT 'command that made the event',
    `deployment_id` LowCardinality(String) COMMENT 'deployment the entry is about, as UUID; empty when none',
    `monitor_id` LowCardinality(String) COMMENT 'monitor the entry is about, as UUID; empty when none',
    `model` LowCardinality(String) COMMENT 'model the event itself names; empty when it names none',
    `subject` LowCardinality(String) COMMENT 'feature, output, volume or metric the entry is about; empty when none',
    `summary` String COMMENT 'one line of English',
    `changes` String COMMENT 'JSON array of {path, before, after}; before is null where the event does not know it',
    `sha256` FixedString(64) COMMENT 'SHA-256 of the uncompressed body of the event, hex',
    INDEX by_event event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_correlation correlation_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_value [type, class, actor_id, deployment_id, monitor_id, model, subject] TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_time recorded_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplicatedMergeTree
ORDER BY (intake, position)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 512, min_compress_block_size = 4096
COMMENT 'one row per event of the log: what happened, by whom, from where and why';

DROP TABLE IF EXISTS driftledger.audit_entries_v1;

CREATE TABLE IF NOT EXISTS driftledger.monitoring_late_v1
(
    `monitor_id` UUID COMMENT 'monitor',
    `kind` LowCardinality(String) COMMENT 'drift or performance',
    `window_from` Int64 COMMENT 'start of the window, epoch milliseconds',
    `position` UInt64 COMMENT 'position of the event that counted',
    `event_id` UUID COMMENT 'id of that event',
    `recorded_at` DateTime64(3, 'UTC') COMMENT 'when the log took it',
    `late` UInt64 COMMENT 'rows, or predictions with a new label, since the last revision of the window; 0: a later revision took them in'
)
ENGINE = ReplicatedReplacingMergeTree(position)
ORDER BY (monitor_id, kind, window_from)
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS driftledger.projections_epochs_v1
(
    `name` String COMMENT 'name and version, such as predictions.v1',
    `epoch` UInt64 COMMENT 'fencing token of the lease of who took the projection over; the highest one writes'
)
ENGINE = ReplicatedReplacingMergeTree(epoch)
ORDER BY name
SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'who may write a projection';

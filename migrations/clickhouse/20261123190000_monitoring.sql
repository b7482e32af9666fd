-- why: monitors as they are now, and one row per measured subject, so that a series is one range of the primary key. The last revision
-- of a window is chosen when reading: earlier ones stay, they are what was known then.

CREATE TABLE IF NOT EXISTS driftledger.monitoring_monitors_v1 {{on_cluster}} (
  monitor_id UUID COMMENT 'monitor',
  position UInt64 COMMENT 'position of the event that made this state',
  event_id UUID COMMENT 'id of that event',
  recorded_at DateTime64(3, 'UTC') COMMENT 'when the log took it',
  change LowCardinality(String) COMMENT 'type of the event: each fills some of the columns, the newest non-empty value counts',
  name String COMMENT 'name, empty: unchanged',
  deployment_id String COMMENT 'deployment that is watched, empty: unchanged',
  deployment String COMMENT 'name of that deployment, empty: unchanged',
  status LowCardinality(String) COMMENT 'active or paused, empty: unchanged',
  definition_version UInt32 COMMENT 'counts the definitions, 0: unchanged',
  definition String COMMENT 'JSON of the whole definition, empty: unchanged'
) ENGINE = {{merge_tree:Replacing}}
ORDER BY (monitor_id, position);

CREATE TABLE IF NOT EXISTS driftledger.monitoring_measurements_v1 {{on_cluster}} (
  monitor_id UUID COMMENT 'monitor',
  deployment_id UUID COMMENT 'deployment',
  kind LowCardinality(String) COMMENT 'drift or performance',
  subject LowCardinality(String) COMMENT 'feature:<name>, output:<name>, volume, label:<form>, performance:<metric>; empty: the window was skipped',
  window_from Int64 COMMENT 'start of the window, epoch milliseconds',
  window_until Int64 COMMENT 'end of the window, exclusive, epoch milliseconds',
  revision UInt32 COMMENT 'from 1; the highest is what is known now',
  reason LowCardinality(String) COMMENT 'why the revision was made',
  skipped LowCardinality(String) COMMENT 'why the window was skipped; empty: measured',
  position UInt64 COMMENT 'position of the measurement event in the log',
  event_id UUID COMMENT 'id of that event',
  recorded_at DateTime64(3, 'UTC') COMMENT 'when the log took it',
  form LowCardinality(String) COMMENT 'numeric, categorical, volume or performance; empty: skipped',
  method LowCardinality(String) COMMENT 'method of the main score; empty: none',
  score Float64 COMMENT 'main score, 0 where there is none',
  judged UInt8 COMMENT '1 when a verdict was given',
  breach UInt8 COMMENT '1 when the verdict is a breach',
  rows UInt64 COMMENT 'rows of the window',
  labelled UInt64 COMMENT 'of them with a label, performance only',
  head String COMMENT 'JSON of the measurement without its subjects, empty except for the first subject of an event',
  detail String COMMENT 'JSON of the subject as recorded, empty: skipped'
) ENGINE = {{merge_tree:Replacing(position)}}
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (monitor_id, subject, window_from, kind, revision);

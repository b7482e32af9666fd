-- why: what comes for a settled window is in no measurement; how much it is belongs beside the numbers it is missing from.

CREATE TABLE IF NOT EXISTS driftledger.monitoring_late_v1 {{on_cluster}} (
  monitor_id UUID COMMENT 'monitor',
  kind LowCardinality(String) COMMENT 'drift or performance',
  window_from Int64 COMMENT 'start of the window, epoch milliseconds',
  position UInt64 COMMENT 'position of the event that counted',
  event_id UUID COMMENT 'id of that event',
  recorded_at DateTime64(3, 'UTC') COMMENT 'when the log took it',
  late UInt64 COMMENT 'rows, or predictions with a new label, since the last revision of the window; 0: a later revision took them in'
) ENGINE = {{merge_tree:Replacing(position)}}
ORDER BY (monitor_id, kind, window_from);

-- why: an alert is read as its newest state, listed newest first, and explained by its history; feeds follow the history by position

CREATE TABLE IF NOT EXISTS driftledger.alerts_log_v1 {{on_cluster}} (
  deployment_id UUID COMMENT 'deployment the subject belongs to',
  deployment LowCardinality(String) COMMENT 'name of the deployment',
  monitor_id UUID COMMENT 'monitor that judged',
  monitor LowCardinality(String) COMMENT 'name of the monitor',
  subject LowCardinality(String) COMMENT 'feature:<name>, output:<name>, volume or performance:<metric>',
  alert_id UUID COMMENT 'alert of the subject over all its episodes: the id in the stream name',
  episode UInt32 COMMENT 'episode, counted from 1',
  episode_id UUID COMMENT 'id of the episode: what people see as an alert',
  position UInt64 COMMENT 'position of the event in the log',
  event_id UUID COMMENT 'id of the event',
  recorded_at DateTime64(3, 'UTC') COMMENT 'when the log took the event',
  kind LowCardinality(String) COMMENT 'suspected, counted, dropped, raised, acknowledged, silenced, silence_ended, cleared or restated',
  status LowCardinality(String) COMMENT 'status from here on: suspected, raised, acknowledged, cleared or dropped; empty: unchanged',
  severity UInt8 COMMENT '1 low, 2 medium, 3 high; 0: the event says nothing about it',
  window_from Int64 COMMENT 'start of the judged window, epoch milliseconds; -1: no window',
  window_until Int64 COMMENT 'end of the judged window, exclusive, epoch milliseconds; -1: no window',
  verdict LowCardinality(String) COMMENT 'breach, calm or no_data; empty: nothing was judged',
  silenced_until Int64 COMMENT 'end of the silence in force from here on, epoch milliseconds; 0: none; -1: the event says nothing about it',
  actor_id UUID COMMENT 'principal behind the event',
  reason String COMMENT 'reason or note a person gave, or why a window was measured again; empty: none',
  data String COMMENT 'policy, judgement with evidence, and breaches of the event as JSON',
  INDEX by_episode episode_id TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = {{merge_tree | index_granularity = 1024}}
ORDER BY (position);

CREATE TABLE IF NOT EXISTS driftledger.alerts_state_v1 {{on_cluster}} (
  deployment_id UUID COMMENT 'deployment the subject belongs to',
  deployment LowCardinality(String) COMMENT 'name of the deployment',
  monitor_id UUID COMMENT 'monitor that judged',
  monitor LowCardinality(String) COMMENT 'name of the monitor',
  subject LowCardinality(String) COMMENT 'feature:<name>, output:<name>, volume or performance:<metric>',
  alert_id UUID COMMENT 'alert of the subject over all its episodes',
  episode UInt32 COMMENT 'episode, counted from 1',
  episode_id UUID COMMENT 'id of the episode',
  position UInt64 COMMENT 'position of the latest event of the episode: the newest row counts',
  position_first UInt64 COMMENT 'position of the first event of the episode: orders lists',
  status LowCardinality(String) COMMENT 'suspected, raised, acknowledged, cleared or dropped',
  severity UInt8 COMMENT 'highest severity of its breaches: 1 low, 2 medium, 3 high',
  opened_at Int64 COMMENT 'when the log took the first event, epoch milliseconds',
  raised_at Int64 COMMENT 'when it was raised, epoch milliseconds; 0: not raised',
  acknowledged_at Int64 COMMENT 'when somebody acknowledged it, epoch milliseconds; 0: nobody has',
  acknowledged_by String COMMENT 'principal who acknowledged it; empty: nobody has',
  cleared_at Int64 COMMENT 'when it was cleared, epoch milliseconds; 0: not cleared',
  cleared_by String COMMENT 'principal who cleared it by command; empty: calm did, or it is not cleared',
  silenced_until Int64 COMMENT 'end of the latest silence, epoch milliseconds; 0: none',
  silence_reason String COMMENT 'reason of the latest silence; empty: none',
  decisive String COMMENT 'data of the event that raised it, or that began the suspicion, as JSON',
  latest String COMMENT 'data of the latest judged window as JSON'
) ENGINE = {{merge_tree:Replacing(position)}}
ORDER BY (episode_id);

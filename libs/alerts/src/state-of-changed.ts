/**
 * The newest state of every episode that changed between two positions, from its whole history. Idempotent: the target keeps the row
 * with the highest position of an episode, and the same history gives the same row.
 */
export const ALERT_STATE_OF_CHANGED_EPISODES = `
INSERT INTO driftledger.alerts_state_v1 (
  deployment_id, deployment, monitor_id, monitor, subject, alert_id, episode, episode_id, position, position_first, status, severity,
  opened_at, raised_at, acknowledged_at, acknowledged_by, cleared_at, cleared_by, silenced_until, silence_reason, decisive, latest
)
SELECT
  any(deployment_id), any(deployment), any(monitor_id), any(monitor), any(subject), any(alert_id), any(episode), episode_id,
  max(position), min(position),
  argMaxIf(status, position, status != ''),
  max(severity),
  toUnixTimestamp64Milli(min(recorded_at)),
  maxIf(toUnixTimestamp64Milli(recorded_at), kind = 'raised'),
  maxIf(toUnixTimestamp64Milli(recorded_at), kind = 'acknowledged'),
  argMaxIf(toString(actor_id), position, kind = 'acknowledged'),
  maxIf(toUnixTimestamp64Milli(recorded_at), kind = 'cleared'),
  argMaxIf(toString(actor_id), position, kind = 'cleared' AND verdict = ''),
  argMaxIf(silenced_until, position, silenced_until >= 0),
  argMaxIf(reason, position, kind = 'silenced'),
  argMaxIf(data, (kind = 'raised', position), kind IN ('suspected', 'raised')),
  argMaxIf(data, position, verdict != '' AND kind != 'restated')
FROM driftledger.alerts_log_v1
WHERE position <= {to:UInt64} AND episode_id IN (
  SELECT episode_id FROM driftledger.alerts_log_v1 WHERE position >= {from:UInt64} AND position <= {to:UInt64}
)
GROUP BY episode_id`;

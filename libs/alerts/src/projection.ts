import { type Recorded, unreachable, uuid } from '#libs/kernel';
import { type Cell, dateTimeOf, type Projection, type Row, type RowsByTable } from '#libs/clickhouse';
import { ALERT_EVENTS, type AlertEvent, episodeIdOf } from './events.js';
import { type Judgement, type Severity } from './judgement.js';
import { ALERT_STATE_OF_CHANGED_EPISODES } from './state-of-changed.js';

const LOG = 'alerts_log_v1';
const LOG_COLUMNS = [
  'deployment_id',
  'deployment',
  'monitor_id',
  'monitor',
  'subject',
  'alert_id',
  'episode',
  'episode_id',
  'position',
  'event_id',
  'recorded_at',
  'kind',
  'status',
  'severity',
  'window_from',
  'window_until',
  'verdict',
  'silenced_until',
  'actor_id',
  'reason',
  'data',
] as const;

/** What an event says beyond what every row has. Left out: says nothing about it. */
type Change = {
  readonly kind: string;
  readonly status?: 'suspected' | 'raised' | 'acknowledged' | 'cleared' | 'dropped';
  readonly severity?: Severity | undefined;
  readonly judgement?: Judgement | undefined;
  /** 0: none from here on. */
  readonly silencedUntil?: number;
  readonly reason?: string | undefined;
};

/** How severities are stored: comparable, 0 for none. */
export const SEVERITY_RANK = { low: 1, medium: 2, high: 3 } as const;
const UNSAID = -1;

const changeOf = (event: AlertEvent): Change => {
  const { type, data } = event;
  switch (type) {
    case 'AlertSuspected':
      return { kind: 'suspected', status: 'suspected', severity: data.severity, judgement: data.judgement };
    case 'JudgementCounted':
      return { kind: 'counted', severity: data.severity, judgement: data.judgement };
    case 'SuspicionDropped':
      return { kind: 'dropped', status: 'dropped', judgement: data.judgement };
    case 'AlertRaised':
      return {
        kind: 'raised',
        status: 'raised',
        severity: data.severity,
        judgement: data.judgement,
        silencedUntil: data.silencedUntil ?? 0,
      };
    case 'AlertAcknowledged':
      return { kind: 'acknowledged', status: 'acknowledged', reason: data.note };
    case 'AlertSilenced':
      return { kind: 'silenced', silencedUntil: data.until, reason: data.reason };
    case 'SilenceEnded':
      return { kind: 'silence_ended', silencedUntil: 0, reason: data.reason };
    case 'AlertCleared':
      return { kind: 'cleared', status: 'cleared', judgement: data.judgement, reason: data.reason };
    case 'RestatementAttached':
      return { kind: 'restated', judgement: data.judgement, reason: data.why };
    default:
      return unreachable(event);
  }
};

/** What is left of an event's data once its columns are taken out. */
const detailOf = (event: AlertEvent): string => {
  const { alertId: _a, monitorId: _m, monitor: _n, deploymentId: _d, deployment: _e, subject: _s, episode: _p, ...detail } = event.data;
  return JSON.stringify(detail);
};

const rowOf = (event: Recorded<AlertEvent>): Row => {
  const { data } = event;
  const change = changeOf(event);
  const cells: Record<(typeof LOG_COLUMNS)[number], Cell> = {
    deployment_id: data.deploymentId,
    deployment: data.deployment,
    monitor_id: data.monitorId,
    monitor: data.monitor,
    subject: data.subject,
    alert_id: data.alertId,
    episode: data.episode,
    episode_id: episodeIdOf(uuid(data.alertId), data.episode),
    position: event.position.commit,
    event_id: event.id,
    recorded_at: dateTimeOf(event.recordedAt),
    kind: change.kind,
    status: change.status ?? '',
    severity: change.severity ? SEVERITY_RANK[change.severity] : 0,
    window_from: change.judgement?.window.from ?? UNSAID,
    window_until: change.judgement?.window.until ?? UNSAID,
    verdict: change.judgement?.verdict ?? '',
    silenced_until: change.silencedUntil ?? UNSAID,
    actor_id: event.metadata.actor.principalId,
    reason: change.reason ?? '',
    data: detailOf(event),
  };
  return LOG_COLUMNS.map((column) => cells[column]);
};

/** Alert events as rows of the history; the state of the episodes they changed is derived from it. */
export const alertsProjection: Projection<AlertEvent> = {
  name: 'alerts',
  version: 1,
  handles: ALERT_EVENTS.map(({ type }) => type),
  tables: [{ name: LOG, columns: LOG_COLUMNS, partition: 'none' }],
  rows: (events): RowsByTable => new Map([[LOG, events.map(rowOf)]]),
  derive: [{ name: 'alerts_state', table: 'alerts_state_v1', sql: ALERT_STATE_OF_CHANGED_EPISODES }],
};

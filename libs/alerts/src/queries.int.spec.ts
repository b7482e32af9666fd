import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ClickHouse, InMemoryIntentStore, migrate, ProjectionRunner } from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import { idOfName, instant, positionOf, type Recorded, type Uuid } from '#libs/kernel';
import {
  AlertAcknowledged,
  AlertCleared,
  type AlertEvent,
  AlertRaised,
  AlertSilenced,
  AlertSuspected,
  alertIdOf,
  episodeIdOf,
  JudgementCounted,
  RestatementAttached,
  SilenceEnded,
  SuspicionDropped,
} from './events.js';
import { type Judgement, type Verdict } from './judgement.js';
import { alertsProjection } from './projection.js';
import { AlertChanges, AlertHistory, AlertsById, AlertsHead, AlertsPage, AlertStatus } from './queries.js';

const DAY = 86_400_000;
const policy = { k: 1, n: 1, m: 3 };
const ann = idOfName('principal', 'ann');
const monitorId = idOfName('monitor', 'flights');
const ORIGIN = alertIdOf(monitorId, 'feature:origin');
const VOLUME = alertIdOf(monitorId, 'volume');

const about = (subject: string, episode = 1) => ({
  alertId: alertIdOf(monitorId, subject),
  monitorId,
  monitor: 'flights-daily',
  deploymentId: idOfName('deployment', 'flights'),
  deployment: 'flights',
  subject,
  episode,
});
const judgement = (day: number, verdict: Verdict, score = 0.2): Judgement => ({
  window: { from: day * DAY, until: (day + 1) * DAY },
  verdict,
  evidence: {
    measurement: { eventId: idOfName('measurement', String(day)), position: '7', revision: 1 },
    method: 'jensen_shannon',
    score,
    limit: 0.1,
    gates: [{ gate: 'materiality', value: score, limit: 0.1, passed: true, applied: true }],
    scores: [{ method: 'psi', value: 0.07 }],
    moved: [{ kind: 'word', bin: 'ATL "x" é', referenceShare: 0.1 + 0.2, currentShare: 5e-324, contribution: 0.02 }],
    direction: 'reshaped',
    reference: { kind: 'same_weekday', id: idOfName('reference', 'a'), digest: 'cd' },
    rows: 1_000,
  },
});
let position = 0;
const recorded = (event: AlertEvent): Recorded<AlertEvent> => {
  position += 10;
  return {
    ...event,
    id: idOfName('event', String(position)),
    stream: `alert-${event.data.alertId}`,
    revision: BigInt(position),
    position: positionOf(BigInt(position)),
    recordedAt: instant(1_000 + position),
    metadata: {
      $correlationId: ann,
      $causationId: ann,
      commandId: ann,
      actor: { principalId: ann, kind: 'person', via: 'key' },
      source: { surface: 'internal', addressClass: 'process' },
      schemaVersion: 1,
      sha256: '',
    },
  };
};
const raised = (subject: string, day: number, episode = 1, severity: 'low' | 'high' = 'low') =>
  AlertRaised.make({
    ...about(subject, episode),
    policy,
    judgement: judgement(day, 'breach'),
    severity,
    breaches: [{ window: { from: day * DAY, until: (day + 1) * DAY }, score: 0.2 }],
  });

/** Three alerts: origin raised, silenced and cleared, then raised again; volume suspected and dropped. */
const LOG = [
  raised('feature:origin', 1),
  JudgementCounted.make({ ...about('feature:origin'), policy, judgement: judgement(2, 'breach', 0.4), severity: 'high' }),
  AlertSuspected.make({ ...about('volume'), policy, judgement: judgement(2, 'breach'), severity: 'low' }),
  AlertAcknowledged.make({ ...about('feature:origin'), note: 'on it' }),
  AlertSilenced.make({ ...about('feature:origin'), until: 5 * DAY, reason: 'storm' }),
  RestatementAttached.make({ ...about('feature:origin'), judgement: judgement(1, 'calm', 0.01), why: 'late_rows' }),
  SuspicionDropped.make({ ...about('volume'), policy, judgement: judgement(3, 'calm', 0.02) }),
  AlertCleared.make({ ...about('feature:origin'), by: 'command', reason: 'airports are open again' }),
  SilenceEnded.make({ ...about('feature:origin'), by: 'command', raised: false, reason: 'over' }),
  raised('feature:origin', 9, 2),
].map(recorded);

const everything = {
  deployment: null,
  monitor: null,
  subject: null,
  statuses: [...AlertStatus.options],
  severityMin: 0,
  before: 2n ** 64n - 1n,
  limit: 50,
};
const episode = (alertId: Uuid, number: number): Uuid => episodeIdOf(alertId, number);

describe('alerts in ClickHouse', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'driftledger-alerts-'));
  const intents = new InMemoryIntentStore();
  let clickHouse: ClickHouse;
  const project = async (events: readonly Recorded[]) => {
    const runner = new ProjectionRunner({ projection: alertsProjection, clickHouse, intents });
    await runner.resumeFrom(undefined);
    await runner.handle(events);
  };

  beforeAll(async () => {
    clickHouse = openChdb({ path: directory });
    await migrate(clickHouse);
    // In two batches, the second delivered twice: the state is derived again from the whole history.
    await project(LOG.slice(0, 6));
    await project(LOG);
    await project(LOG);
  });
  afterAll(async () => {
    await clickHouse.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('shows every episode as it is now, newest first', async () => {
    const rows = await clickHouse.query(AlertsPage, everything);
    expect(rows.map(({ subject, episode: number, status, severity }) => [subject, number, status, severity])).toEqual([
      ['feature:origin', 2, 'raised', 1],
      ['volume', 1, 'dropped', 1],
      ['feature:origin', 1, 'cleared', 3],
    ]);
  });

  it('keeps what raised an alert to the bit, and the latest judgement beside it, restatements left out', async () => {
    const [alert] = await clickHouse.query(AlertsById, { ids: [episode(ORIGIN, 1)] });
    expect(alert?.decisive).toEqual({ policy, judgement: judgement(1, 'breach'), breaches: [expect.objectContaining({ score: 0.2 })] });
    expect(alert?.latest.judgement).toEqual(judgement(2, 'breach', 0.4));
  });

  it('says who did what and when', async () => {
    const [first, suspicion] = await Promise.all(
      [episode(ORIGIN, 1), episode(VOLUME, 1)].map(async (id) => (await clickHouse.query(AlertsById, { ids: [id] }))[0]),
    );
    expect(first).toMatchObject({
      openedAt: 1_010,
      raisedAt: 1_010,
      acknowledgedAt: 1_040,
      acknowledgedBy: ann,
      clearedAt: 1_080,
      clearedBy: ann,
      silencedUntil: undefined,
      silenceReason: 'storm',
      position: 90n,
      positionFirst: 10n,
    });
    expect(suspicion).toMatchObject({ raisedAt: undefined, acknowledgedBy: undefined, clearedAt: undefined, status: 'dropped' });
  });

  it.each([
    [{ statuses: ['raised' as const] }, ['feature:origin 2']],
    [{ subject: 'volume' }, ['volume 1']],
    [{ severityMin: 2 }, ['feature:origin 1']],
    [{ monitor: 'other' }, []],
    [{ deployment: 'flights', monitor: 'flights-daily', limit: 1 }, ['feature:origin 2']],
    [{ before: 30n }, ['feature:origin 1']],
  ])('filters and pages by %j', async (over, expected) => {
    const rows = await clickHouse.query(AlertsPage, { ...everything, ...over });
    expect(rows.map((row) => `${row.subject} ${row.episode}`)).toEqual(expected);
  });

  it('tells the whole history of one episode, once each, newest first', async () => {
    const entries = await clickHouse.query(AlertHistory, { episodeId: episode(ORIGIN, 1), before: 2n ** 64n - 1n, limit: 50 });
    expect(entries.map(({ kind }) => kind)).toEqual([
      'silence_ended',
      'cleared',
      'restated',
      'silenced',
      'acknowledged',
      'counted',
      'raised',
    ]);
    expect(entries[3]).toMatchObject({ reason: 'storm', data: { until: 5 * DAY }, actorId: ann });
  });

  it('follows all changes in log order after a position', async () => {
    const changes = await clickHouse.query(AlertChanges, { after: 60n, limit: 2 });
    expect(changes.map(({ position: at, kind }) => [at, kind])).toEqual([
      [70n, 'dropped'],
      [80n, 'cleared'],
    ]);
    expect(await clickHouse.query(AlertsHead, {})).toEqual([{ head: 100n }]);
  });

  it('gives no change whose alert cannot be read yet', async () => {
    const ahead = recorded(raised('output:class', 3));
    await clickHouse.insert({
      table: 'driftledger.alerts_log_v1',
      columns: alertsProjection.tables[0]?.columns ?? [],
      rows: alertsProjection.rows([ahead]).get('alerts_log_v1') ?? [],
      token: 'ahead',
    });
    expect(await clickHouse.query(AlertChanges, { after: 100n, limit: 10 })).toEqual([]);
    expect(await clickHouse.query(AlertsById, { ids: [] })).toEqual([]);
  });
});

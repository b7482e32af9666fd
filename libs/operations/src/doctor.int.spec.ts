import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouse, migrate } from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import { DEPLOYMENT_EVENTS, DeploymentRegistered, deploymentIdOf, deploymentStream } from '#libs/deployments';
import { EventCodec } from '#libs/event-store';
import { SqliteEventStore } from '#libs/event-store/sqlite';
import { processMeta } from '#libs/identity';
import { Clock, type Instant, SystemClock, instant, randomId } from '#libs/kernel';
import { DataDirectory } from '#libs/platform';
import { ClockWatch } from './clock-watch.js';
import { type DoctorParts, examine } from './doctor.js';

const directory = new DataDirectory(mkdtempSync(join(tmpdir(), 'driftledger-doctor-')));
const clock = new SystemClock();

/** A clock that somebody moves. */
class MovedClock extends Clock {
  by = 0;
  now(): Instant {
    return instant(clock.now() + this.by);
  }
}

let clickHouse: ClickHouse;
let store: SqliteEventStore;
const parts = (over: Partial<DoctorParts> = {}): DoctorParts => ({
  version: '9.9.9',
  store,
  clickHouse,
  clock,
  watch: new ClockWatch(clock),
  directory,
  readers: async () => [{ name: 'predictions.v1', lag: 0n }],
  unknownVariables: [],
  ...over,
});

beforeAll(async () => {
  store = new SqliteEventStore({ file: directory.log, clock });
  clickHouse = openChdb({ path: directory.clickHouse });
  await migrate(clickHouse);
  mkdirSync(directory.keys, { mode: 0o700 });
  writeFileSync(directory.adminKey, 'dl_a_b', { mode: 0o600 });
  const deploymentId = deploymentIdOf('flights');
  const event = DeploymentRegistered.make({ deploymentId, name: 'flights', strict: false, onFirstPost: false });
  await store.append(deploymentStream(deploymentId), [new EventCodec(DEPLOYMENT_EVENTS).encode(event, processMeta('spec'), randomId())], {
    expected: 'no_stream',
  });
});
afterAll(async () => {
  await clickHouse.close();
  await store.close();
  rmSync(directory.path, { recursive: true, force: true });
});

const found = async (over: Partial<DoctorParts>, level: string) =>
  (await examine(parts(over))).findings.filter((one) => one.level === level);

describe('the doctor', () => {
  it('finds nothing wrong with a healthy installation, and says what it looked at', async () => {
    const { level, findings } = await examine(parts());
    expect([level, findings.filter((one) => one.level !== 'ok')]).toEqual(['ok', []]);
    expect(findings.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        'event log',
        'log integrity',
        'read model',
        'disk free',
        'subscription predictions.v1',
        'clock',
        'key files',
      ]),
    );
    expect(findings.find(({ what }) => what === 'event log')?.figure).toContain('every commit waits for the disk');
  });

  it('names a subscription that stopped or waits, with its error, and one that falls behind', async () => {
    const readers = async () => [
      { name: 'audit.v2', lag: 12n, failure: 'disk full' },
      { name: 'alerts', lag: 9_000n },
      { name: 'evaluator', lag: 3n, trouble: 'the read model does not answer' },
    ];
    expect(await found({ readers }, 'problem')).toMatchObject([
      { what: 'subscription audit.v2', figure: 'stopped, 12 events behind: disk full' },
      { what: 'subscription evaluator', figure: 'waits and tries again, 3 events behind: the read model does not answer' },
    ]);
    expect(await found({ readers }, 'warn')).toMatchObject([{ what: 'subscription alerts', figure: '9000 events behind' }]);
  });

  it('sees a clock that was put back behind the log, and one that was moved', async () => {
    const moved = new MovedClock();
    const watch = new ClockWatch(moved);
    moved.by = -3_600_000;
    expect(await found({ clock: moved, watch }, 'warn')).toMatchObject([
      { figure: expect.stringMatching(/^it was put back: .* 3\d{3}\.\d s from now$/) },
    ]);
    moved.by = 60_000;
    expect(await found({ clock: moved, watch }, 'warn')).toMatchObject([{ figure: expect.stringMatching(/^moved by 60\.\d s/) }]);
  });

  it('sees keys that others may read, and variables that mean nothing', async () => {
    chmodSync(directory.adminKey, 0o644);
    expect(await found({}, 'problem')).toMatchObject([{ figure: `${directory.adminKey} has mode 644` }]);
    chmodSync(directory.adminKey, 0o600);
    expect(await found({ unknownVariables: ['DRIFTLEDGER_PROT'] }, 'warn')).toMatchObject([
      { figure: 'DRIFTLEDGER_PROT means nothing here' },
    ]);
  });

  it('sees deployments without a monitor, and monitors that are silent', async () => {
    const position = '1';
    const id = deploymentIdOf('flights');
    await clickHouse.insert({
      table: 'driftledger.deployments_registered_v1',
      columns: ['deployment_id', 'position', 'event_id', 'recorded_at', 'name', 'model', 'environment', 'strict', 'on_first_post'],
      rows: [[id, position, randomId(), '2024-01-01 00:00:00.000', 'flights', '', '', false, false]],
      token: 'deployment',
    });
    expect(await found({}, 'warn')).toMatchObject([{ what: 'deployments', figure: 'flights has no monitor' }]);
    await clickHouse.insert({
      table: 'driftledger.monitoring_monitors_v1',
      columns: [
        'monitor_id',
        'position',
        'event_id',
        'recorded_at',
        'change',
        'name',
        'deployment_id',
        'deployment',
        'status',
        'definition_version',
        'definition',
      ],
      rows: [[randomId(), position, randomId(), '2024-01-01 00:00:00.000', 'MonitorCreated', 'daily', id, 'flights', 'active', 1, '{}']],
      token: 'monitor',
    });
    expect(await found({}, 'warn')).toMatchObject([{ what: 'monitors', figure: 'daily of flights has measured nothing yet' }]);
  });

  it('reads the whole log when it has the time, and says what cannot be looked at', async () => {
    expect(await found({ thorough: true }, 'ok')).toContainEqual({
      level: 'ok',
      what: 'log integrity',
      figure: 'every page, revision and digest of the log is right',
      advice: '',
    });
    const readers = () => Promise.reject(new Error('gone'));
    expect(await found({ readers }, 'problem')).toMatchObject([{ what: 'subscriptions', figure: 'cannot be looked at: gone' }]);
  });
});

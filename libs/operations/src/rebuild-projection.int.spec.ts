import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import {
  ClickHouse,
  type Column,
  type CommandParams,
  type DefinedQuery,
  InMemoryIntentStore,
  type InsertBlock,
  ProjectionRunner,
  type QueryContext,
  compareTables,
  defineQuery,
  migrate,
  rebuild,
  rebuildPlace,
  refuseRebuilt,
} from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import { type CataloguedProjection } from '#libs/catalogue';
import { DEPLOYMENT_EVENTS, DeploymentRegistered, FeaturesDeclared, deploymentIdOf, deploymentStream } from '#libs/deployments';
import { deploymentsProjection } from '#libs/deployments/read';
import { type CheckpointStore, EventCodec } from '#libs/event-store';
import { InMemoryCheckpointStore, InMemoryEventStore } from '#libs/event-store/memory';
import { OPERATION_EVENTS, processMeta } from '#libs/identity';
import { type DomainEvent, type Recorded, SystemClock, instant, randomId } from '#libs/kernel';
import { InProcessLeases } from '#libs/leases/in-process';
import { batchesFor } from './log-reader.js';
import { NO_READERS, type RebuildParts, rebuildProjection } from './rebuild-projection.js';
import { type RebuildMessage, RebuildRuns, Rebuilds } from './rebuilds.js';

/** The engine until its process dies at a chosen write: from then on nothing reaches it. */
class Mortal extends ClickHouse {
  writes = 0;

  constructor(
    private readonly engine: ClickHouse,
    private readonly diesAt: number,
  ) {
    super();
  }

  query<P, R>(query: DefinedQuery<P, R>, params: P, context?: QueryContext): Promise<readonly R[]> {
    if (this.writes >= this.diesAt) return Promise.reject(new Error('dead'));
    return this.engine.query(query, params, context);
  }
  command(sql: string, params?: CommandParams): Promise<void> {
    return this.write(() => this.engine.command(sql, params));
  }
  insert(block: InsertBlock): Promise<void> {
    return this.write(() => this.engine.insert(block));
  }
  columns(table: string): Promise<readonly Column[]> {
    return this.engine.columns(table);
  }
  async close(): Promise<void> {}

  private write(run: () => Promise<void>): Promise<void> {
    this.writes += 1;
    return this.writes > this.diesAt ? Promise.reject(new Error('dead')) : run();
  }
}

const Places = defineQuery({
  name: 'Places',
  purpose: 'spec',
  sql: "SELECT name FROM system.databases WHERE startsWith(name, 'driftledger_rebuild')",
  params: z.object({}),
  row: z.object({ name: z.string() }),
});

const TABLES = deploymentsProjection.tables.map(({ name }) => name);
const catalogued: CataloguedProjection = {
  projection: deploymentsProjection,
  follows: deploymentsProjection.handles,
  read: (stored, codec) => codec.decode(stored),
};
const codec = new EventCodec([...DEPLOYMENT_EVENTS, ...OPERATION_EVENTS]);
const directory = mkdtempSync(join(tmpdir(), 'driftledger-rebuild-'));

let clickHouse: ClickHouse;
let store: InMemoryEventStore;
let checkpoints: CheckpointStore;
let intents: InMemoryIntentStore;

const register = async (...names: readonly string[]): Promise<void> => {
  for (const name of names) {
    const deploymentId = deploymentIdOf(name);
    const events: DomainEvent[] = [
      DeploymentRegistered.make({ deploymentId, name, strict: false, onFirstPost: true }),
      FeaturesDeclared.make({ deploymentId, schemaVersion: 1, features: [{ name: 'age', kind: 'number' }] }),
    ];
    const encoded = events.map((event) => codec.encode(event, processMeta('spec'), randomId()));
    await store.append(deploymentStream(deploymentId), encoded, { expected: 'no_stream' });
  }
};

/** What the reader of a process does from its start on, until it has caught up. */
const readOn = async (database?: string): Promise<void> => {
  const fresh = database !== undefined;
  const runner = new ProjectionRunner({
    projection: deploymentsProjection,
    clickHouse,
    intents: fresh ? new InMemoryIntentStore() : intents,
    ...(fresh ? { database } : {}),
  });
  const after = await runner.resumeFrom(fresh ? undefined : await checkpoints.load(runner.name));
  const until = await store.head();
  if (!until) return;
  const events: Recorded[] = [];
  for await (const batch of batchesFor(catalogued, { store, codec }, { after, until, signal: new AbortController().signal }))
    events.push(...batch);
  await runner.handle(events);
  if (!fresh) await checkpoints.save(runner.name, until);
};

const partsWith = (engine: ClickHouse, over: Partial<RebuildParts> = {}): RebuildParts => ({
  store,
  codec,
  checkpoints,
  intents,
  clickHouse: engine,
  live: NO_READERS,
  ...over,
});

const rebuildWith = (parts: RebuildParts, over: { adopt?: boolean; signal?: AbortSignal; onProgress?: () => void } = {}) =>
  rebuildProjection(parts, { catalogued, adopt: true, signal: new AbortController().signal, onProgress: () => undefined, ...over });

/** The live tables against tables made in one go from the whole log. */
const expectExact = async (): Promise<void> => {
  await clickHouse.command('DROP DATABASE IF EXISTS truth SYNC');
  await clickHouse.command('CREATE DATABASE truth');
  for (const table of TABLES) await clickHouse.command(`CREATE TABLE truth.${table} AS driftledger.${table}`);
  await readOn('truth');
  for (const table of TABLES) {
    const { rows, differences } = await compareTables(clickHouse, { database: 'driftledger', table }, { database: 'truth', table });
    expect([table, differences, rows[0]]).toEqual([table, [], rows[1]]);
  }
};

beforeAll(() => {
  clickHouse = openChdb({ path: directory });
});
beforeEach(async () => {
  await clickHouse.command('DROP DATABASE IF EXISTS driftledger SYNC');
  await migrate(clickHouse);
  store = new InMemoryEventStore(new SystemClock());
  checkpoints = new InMemoryCheckpointStore();
  intents = new InMemoryIntentStore();
  await register('one', 'two', 'three');
  await readOn();
});
afterAll(async () => {
  await clickHouse.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('a rebuild', () => {
  it('takes in what the reader had not handled yet, and leaves the reader behind nothing', async () => {
    await register('four');
    const outcome = await rebuildWith(partsWith(clickHouse));
    expect(outcome).toMatchObject({ projection: 'deployments', events: 8, equal: true, adopted: true });
    expect((await checkpoints.load('deployments.v1'))?.commit).toBe((await store.head())?.commit);
    await register('five');
    await readOn();
    await expectExact();
  });

  it('reads what is appended while it builds before it compares', async () => {
    const pause = async () => {
      await register('late');
      return async () => undefined;
    };
    const outcome = await rebuildWith(partsWith(clickHouse, { live: { pause } }));
    expect(outcome).toMatchObject({ events: 8, equal: true });
    await expectExact();
  });

  it('starts the reader again whatever happens', async () => {
    let [paused, resumed] = [0, 0];
    const live = {
      pause: async () => {
        paused += 1;
        return async () => {
          resumed += 1;
        };
      },
    };
    await rebuildWith(partsWith(clickHouse, { live }));
    await expect(rebuildWith(partsWith(new Mortal(clickHouse, 7), { live }))).rejects.toThrow('dead');
    expect([paused, resumed]).toEqual([2, 2]);
  });

  it('leaves the live tables alone when it is only asked to compare, or stopped', async () => {
    await clickHouse.command("ALTER TABLE driftledger.deployments_registered_v1 DELETE WHERE name = 'one' SETTINGS mutations_sync = 2");
    const compared = await rebuildWith(partsWith(clickHouse), { adopt: false });
    expect(compared).toMatchObject({ equal: false, adopted: false });
    const stop = new AbortController();
    await expect(
      rebuildWith(partsWith(clickHouse), { signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) }),
    ).rejects.toThrow('enough');
    expect(await rebuildWith(partsWith(clickHouse), { adopt: false })).toMatchObject({ equal: false });
    expect(await rebuildWith(partsWith(clickHouse))).toMatchObject({ equal: false, adopted: true });
    expect(await rebuildWith(partsWith(clickHouse))).toMatchObject({ equal: true });
    await expectExact();
  });

  it('may die at any write: the next start reads on, and the next rebuild is whole', async () => {
    const counting = new Mortal(clickHouse, Infinity);
    await register('four');
    await rebuildWith(partsWith(counting));
    // The settling of what the reader had not handled, both tables, their exchange, and what is removed before and after.
    expect(counting.writes).toBe(11);
    for (let diesAt = 0; diesAt < counting.writes; diesAt += 1) {
      await register(`before-${diesAt}`);
      const dying = rebuildWith(partsWith(new Mortal(clickHouse, diesAt)));
      // Removing what is left over may fail unheard: by then everything is in its place.
      await dying.catch((error: unknown) => expect(error).toEqual(new Error('dead')));
      await register(`after-${diesAt}`);
      await readOn();
      await expectExact();
    }
    expect(await rebuildWith(partsWith(clickHouse))).toMatchObject({ equal: true });
  });
});

describe('rebuilds of several processes', () => {
  const places = async (): Promise<readonly string[]> => (await clickHouse.query(Places, {})).map(({ name }) => name);
  const meta = processMeta('spec');
  const order = { catalogued, adopt: true, meta };
  const endOf = async (messages: AsyncIterable<RebuildMessage>): Promise<RebuildMessage | undefined> => {
    let last: RebuildMessage | undefined;
    for await (const message of messages) last = message;
    return last;
  };
  /** A reader that stands still only when it is let, so that a rebuild waits in its middle. */
  const gate = () => {
    let [open, arrived] = [(): void => undefined, (): void => undefined];
    const opened = new Promise<void>((resolve) => (open = resolve));
    const reached = new Promise<void>((resolve) => (arrived = resolve));
    const pause = async () => {
      arrived();
      await opened;
      return async () => undefined;
    };
    return { pause, open: () => open(), reached };
  };

  it('run one at a time, and a process that starts removes nothing of one that runs', async () => {
    const leases = new InProcessLeases(new SystemClock());
    const { pause, open, reached } = gate();
    const [one, other] = [new Rebuilds(partsWith(clickHouse, { live: { pause } }), leases), new Rebuilds(partsWith(clickHouse), leases)];
    const ended = endOf(await one.start(order));
    await reached;
    const during = await places();
    await other.clean();
    await expect(other.start(order)).rejects.toEqual(new RebuildRuns('deployments'));
    expect([during.length, await places()]).toEqual([1, during]);
    open();
    expect(await ended).toMatchObject({ kind: 'done', equal: true, adopted: true });
    expect(await endOf(await other.start(order))).toMatchObject({ kind: 'done', equal: true });
    expect(await places()).toEqual([]);
    await expectExact();
  });

  it('remove what one left behind that died', async () => {
    for (const name of ['driftledger_rebuild', 'driftledger_rebuild_17']) await clickHouse.command(`CREATE DATABASE ${name}`);
    await new Rebuilds(partsWith(clickHouse), new InProcessLeases(new SystemClock())).clean();
    expect(await places()).toEqual([]);
  });

  it('end without an exchange when the role is lost, and leave the one that follows alone', async () => {
    const [lost, next] = [new InProcessLeases(new SystemClock()), new InProcessLeases({ now: () => instant(Date.now() + 1_000) })];
    const [early, late] = [gate(), gate()];
    const first = endOf(await new Rebuilds(partsWith(clickHouse, { live: { pause: early.pause } }), lost).start(order));
    await early.reached;
    await lost.close();
    const second = endOf(await new Rebuilds(partsWith(clickHouse, { live: { pause: late.pause } }), next).start(order));
    await late.reached;
    early.open();
    expect(await first).toMatchObject({ kind: 'failed', code: 'STOPPED' });
    expect(await places()).toHaveLength(1);
    late.open();
    expect(await second).toMatchObject({ kind: 'done', equal: true, adopted: true });
    await expectExact();
  });

  it('end without an exchange when another process takes the projection over', async () => {
    const taken = new AbortController();
    const { pause, open, reached } = gate();
    const live = { pause, held: () => ({ epoch: 5n, lost: taken.signal }) };
    const ended = endOf(await new Rebuilds(partsWith(clickHouse, { live }), new InProcessLeases(new SystemClock())).start(order));
    await reached;
    taken.abort(new Error('taken'));
    open();
    expect(await ended).toMatchObject({ kind: 'failed', detail: 'taken' });
    await expectExact();
  });

  it('cannot exchange tables of a projection that was taken over, however late', async () => {
    const place = rebuildPlace(3n);
    const batches = batchesFor(
      catalogued,
      { store, codec },
      { after: undefined, until: (await store.head())!, signal: new AbortController().signal },
    );
    const rebuilt = await rebuild({ clickHouse, projection: deploymentsProjection, batches, place });
    await refuseRebuilt(clickHouse, deploymentsProjection);
    await register('four');
    await readOn();
    await expect(rebuilt.adopt()).rejects.toMatchObject({ type: 'UNKNOWN_TABLE' });
    await rebuilt.discard();
    await expectExact();
  });
});

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { positionOf } from '#libs/kernel';
import { bodyOf } from '../codec.js';
import { StreamDeleted, Unavailable } from '../errors.js';
import { checkpointStoreContract } from '../checkpoint-store.contract.js';
import { SetClock, anEvent, eventStoreContract } from '../event-store.contract.js';
import { type StoredEvent } from '../store.js';
import { type SqliteDriver, openLibsql } from './driver.js';
import { SqliteEventStore } from './sqlite-event-store.js';

const directory = mkdtempSync(join(tmpdir(), 'event-store-'));
let files = 0;
const newFile = (): string => join(directory, `${(files += 1)}`, 'log.db');
const clock = new SetClock();
afterAll(() => rmSync(directory, { recursive: true, force: true }));

eventStoreContract('SqliteEventStore', async (given) => new SqliteEventStore({ file: newFile(), clock: given }));
checkpointStoreContract('SqliteEventStore', async () => {
  const file = newFile();
  let store = new SqliteEventStore({ file, clock });
  return {
    checkpoints: store.checkpoints,
    close: () => store.close(),
    reopen: async () => {
      await store.close();
      store = new SqliteEventStore({ file, clock });
      return store.checkpoints;
    },
  };
});

/** A driver that fails where a spec wants it to. */
const failing = (fails: (sql: string) => boolean): ((file: string, busyTimeoutMs: number) => SqliteDriver) => {
  return (file, busyTimeoutMs) => {
    const driver = openLibsql(file, busyTimeoutMs);
    const exec = (sql: string): void => {
      if (fails(sql)) throw new Error('the disk is gone');
      driver.exec(sql);
    };
    return { ...driver, exec };
  };
};
const readAll = async (store: SqliteEventStore): Promise<StoredEvent[]> => {
  const events: StoredEvent[] = [];
  for await (const event of store.readAll()) events.push(event);
  return events;
};

describe('SqliteEventStore', () => {
  it('waits for the disk at every commit', async () => {
    const store = new SqliteEventStore({ file: newFile(), clock });
    expect(store.synchronous()).toBe(2n);
    await store.close();
  });

  it('finds everything again after it was opened anew', async () => {
    const file = newFile();
    const first = new SqliteEventStore({ file, clock });
    await first.append('thing-1', [anEvent('a'), anEvent('b')], { expected: 'no_stream' });
    await first.append('thing-2', [anEvent('c')], { expected: 'no_stream' });
    await first.tombstone('thing-2', { expected: 'any' });
    await first.checkpoints.save('reader', positionOf(2n));
    await first.close();
    const second = new SqliteEventStore({ file, clock: new SetClock(5) });
    expect(await second.append('thing-1', [anEvent('d')], { expected: 1n })).toEqual({ revision: 2n, position: positionOf(4n) });
    await expect(second.append('thing-2', [anEvent('e')], { expected: 'any' })).rejects.toBeInstanceOf(StreamDeleted);
    expect((await readAll(second)).map((event) => event.recordedAt)).toEqual([1_000_000, 1_000_000, 1_000_000, 1_000_000]);
    expect(await second.checkpoints.load('reader')).toEqual(positionOf(2n));
    expect(await second.checkpoints.load('nobody')).toBeUndefined();
    await second.close();
  });

  it('lets two processes write one file without breaking a revision or hiding a position', async () => {
    const file = newFile();
    const one = new SqliteEventStore({ file, clock });
    const two = new SqliteEventStore({ file, clock });
    for (let round = 0; round < 20; round += 1) {
      await Promise.all([
        one.append('thing-1', [anEvent(`one ${round}`)], { expected: 'any' }),
        two.append('thing-1', [anEvent(`two ${round}`)], { expected: 'any' }),
      ]);
    }
    const revisions = (await readAll(two)).map((event) => event.revision);
    expect(revisions).toEqual(Array.from({ length: 40 }, (_, index) => BigInt(index)));
    const aborter = new AbortController();
    let caughtUp = false;
    for await (const message of one.subscribeAll({ after: 'end', signal: aborter.signal })) {
      if (message.kind === 'caughtUp' && !caughtUp) await two.append('thing-1', [anEvent('seen by the other')], { expected: 'any' });
      if (message.kind === 'event') aborter.abort();
      caughtUp = true;
    }
    await one.close();
    await two.close();
  });

  it('rejects all who waited as unknown when a commit fails, and writes again afterwards', async () => {
    let broken = false;
    const store = new SqliteEventStore({ file: newFile(), clock, openDriver: failing((sql) => broken && sql === 'COMMIT') });
    broken = true;
    const settled = await Promise.allSettled(['a', 'b'].map((name) => store.append(`thing-${name}`, [anEvent(name)], { expected: 'any' })));
    for (const result of settled) expect(result).toMatchObject({ status: 'rejected', reason: { name: 'Unavailable', outcome: 'unknown' } });
    broken = false;
    expect(await readAll(store)).toEqual([]);
    expect(await store.append('thing-b', [anEvent('b')], { expected: 'no_stream' })).toMatchObject({ revision: 0n });
    expect((await readAll(store)).map((event) => event.stream)).toEqual(['thing-b']);
    await store.close();
  });

  it('says not-written when a transaction could not begin', async () => {
    let broken = false;
    const store = new SqliteEventStore({ file: newFile(), clock, openDriver: failing((sql) => broken && sql === 'BEGIN IMMEDIATE') });
    broken = true;
    await expect(store.append('thing-1', [anEvent('a')], { expected: 'any' })).rejects.toMatchObject({
      name: 'Unavailable',
      outcome: 'not-written',
    });
    broken = false;
    await store.close();
  });

  it('refuses when the disk is full, leaves nothing half-written, closes in order, and goes on once there is room', async () => {
    let limit: (pages: number) => void = () => undefined;
    const openDriver = (file: string, busyTimeoutMs: number): SqliteDriver => {
      const driver = openLibsql(file, busyTimeoutMs);
      limit = (pages) => driver.exec(`PRAGMA max_page_count = ${pages}`);
      return driver;
    };
    const store = new SqliteEventStore({ file: newFile(), clock, openDriver });
    limit(40);
    const appended: string[] = [];
    const refused: unknown[] = [];
    for (let turn = 0; turn < 40; turn += 1) {
      const events = [anEvent(`${turn} first`, { body: Buffer.alloc(8_000, 'x') }), anEvent(`${turn} second`)];
      await store.append('thing-1', events, { expected: 'any' }).then(
        () => appended.push(...events.map(({ id }) => id)),
        (error: unknown) => refused.push(error),
      );
    }
    expect(refused.length).toBeGreaterThan(10);
    for (const error of refused) expect(error).toMatchObject({ name: 'Unavailable', outcome: 'not-written' });
    expect((await readAll(store)).map(({ id }) => id)).toEqual(appended);
    limit(10_000);
    const after = anEvent('after');
    expect(await store.append('thing-1', [after], { expected: BigInt(appended.length - 1) })).toMatchObject({
      revision: BigInt(appended.length),
    });
    expect((await readAll(store)).map(({ position }) => position.commit)).toEqual([...appended, after.id].map((_, at) => BigInt(at + 1)));
    await store.close();
  });

  it('does not let one refused append roll back its neighbours in the same commit', async () => {
    let commits = 0;
    const counted = failing((sql) => {
      if (sql === 'COMMIT') commits += 1;
      return false;
    });
    const store = new SqliteEventStore({ file: newFile(), clock, openDriver: counted });
    const before = commits;
    const settled = await Promise.allSettled([
      store.append('thing-1', [anEvent('a')], { expected: 'no_stream' }),
      store.append('thing-1', [anEvent('b')], { expected: 'no_stream' }),
      store.append('thing-1', [anEvent('c')], { expected: 0n }),
    ]);
    expect(settled.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(commits - before).toBe(1);
    await store.close();
  });

  it('answers a mistake of one caller to that caller only', async () => {
    const store = new SqliteEventStore({ file: newFile(), clock });
    const impossible = anEvent('b', { metadata: { ...anEvent('b').metadata, schemaVersion: 1.5 } });
    const settled = await Promise.allSettled([
      store.append('thing-1', [anEvent('a')], { expected: 'no_stream' }),
      store.append('thing-2', [impossible], { expected: 'no_stream' }),
      store.append('thing-1', [anEvent('c')], { expected: 0n }),
    ]);
    expect(settled.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(settled[1]).toMatchObject({ reason: expect.any(RangeError) });
    expect((await readAll(store)).map((event) => event.stream)).toEqual(['thing-1', 'thing-1']);
    await store.close();
  });

  it('tells callers at once that nothing was written when too much waits', async () => {
    const store = new SqliteEventStore({ file: newFile(), clock, waitingMax: 3, waitingBytesMax: 10_000 });
    const appends = Array.from({ length: 5 }, (_, index) => store.append(`thing-${index}`, [anEvent(index)], { expected: 'any' }));
    const heavy = store.append('thing-9', [anEvent('heavy', { body: Buffer.alloc(20_000) })], { expected: 'any' });
    const settled = await Promise.allSettled([...appends, heavy]);
    expect(settled.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected', 'rejected']);
    expect(settled.at(-1)).toMatchObject({ reason: { name: 'Unavailable', outcome: 'not-written' } });
    expect(await readAll(store)).toHaveLength(3);
    await store.close();
  });

  it('does not write what waited longer than its timeout', async () => {
    const store = new SqliteEventStore({ file: newFile(), clock });
    const late = store.append('thing-1', [anEvent('a')], { expected: 'any', timeoutMs: -1 });
    await expect(late).rejects.toBeInstanceOf(Unavailable);
    expect(await readAll(store)).toEqual([]);
    await store.close();
  });

  it('finds a changed body, and nothing wrong in a whole file', async () => {
    const file = newFile();
    const store = new SqliteEventStore({ file, clock });
    const sha256 = '2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6';
    await store.append('thing-1', [anEvent('a', { body: Buffer.from('c'), metadata: { ...anEvent('a').metadata, sha256 } })], {
      expected: 'any',
    });
    expect(await store.integrityCheck()).toEqual([]);
    const other = openLibsql(file, 1_000);
    other.exec("UPDATE events SET body = CAST('d' AS BLOB)");
    other.close();
    expect(await store.integrityCheck()).toEqual(['event 0 of thing-1 does not match its digest']);
    await store.close();
  });

  it('is read beside the process that writes it, which goes on writing', async () => {
    const file = newFile();
    const store = new SqliteEventStore({ file, clock });
    await store.append('thing-1', [anEvent('a')], { expected: 'any' });
    const beside = new SqliteEventStore({ file, clock, readOnly: true });
    expect(await readAll(beside)).toHaveLength(1);
    await expect(beside.append('thing-1', [anEvent('b')], { expected: 'any' })).rejects.toThrow();
    await store.append('thing-1', [anEvent('c')], { expected: 'any' });
    expect(await readAll(beside)).toHaveLength(2);
    await beside.close();
    await store.append('thing-1', [anEvent('d')], { expected: 'any' });
    expect(await readAll(store)).toHaveLength(3);
    await store.close();
  });

  it('makes a backup that opens as a log of its own', async () => {
    const store = new SqliteEventStore({ file: newFile(), clock });
    await store.append('thing-1', [anEvent('a')], { expected: 'any' });
    const copy = join(directory, 'copy.db');
    await store.backup(copy);
    await expect(store.backup(copy)).rejects.toThrow();
    await store.close();
    const restored = new SqliteEventStore({ file: copy, clock });
    expect(await readAll(restored)).toHaveLength(1);
    expect(await restored.append('thing-1', [anEvent('b')], { expected: 0n })).toMatchObject({ revision: 1n });
    await restored.close();
  });

  it('does not open a file of a newer release', () => {
    const file = newFile();
    const store = new SqliteEventStore({ file, clock });
    const other = openLibsql(file, 1_000);
    other.exec('PRAGMA user_version = 99');
    expect(() => new SqliteEventStore({ file, clock })).toThrow(/file version 99/);
    other.close();
    return store.close();
  });

  it('costs less than 250 bytes beside the body of an event', async () => {
    const file = newFile();
    const store = new SqliteEventStore({ file, clock });
    for (let round = 0; round < 20; round += 1) {
      const events = Array.from({ length: 500 }, (_, index) => anEvent(`${round}.${index}`, { body: Buffer.alloc(100) }));
      await store.append('thing-1', events, { expected: 'any' });
    }
    const copy = join(directory, 'size.db');
    await store.backup(copy);
    expect(statSync(copy).size / 10_000 - 100).toBeLessThan(250);
    await store.close();
  });

  it('gives back bodies that the digest of the codec accepts', async () => {
    const store = new SqliteEventStore({ file: newFile(), clock });
    const sha256 = 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb';
    await store.append('thing-1', [anEvent('a', { body: Buffer.from('a'), metadata: { ...anEvent('a').metadata, sha256 } })], {
      expected: 'any',
    });
    for (const event of await readAll(store)) expect(Buffer.from(bodyOf(event)).toString()).toBe('a');
    await store.close();
  });
});

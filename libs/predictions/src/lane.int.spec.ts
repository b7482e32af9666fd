import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeclareFeatures, deploymentIdOf, RegisterDeployment } from '#libs/deployments';
import { EVENT_BYTES_MAX, Timeout, Unavailable, type EventStore } from '#libs/event-store';
import { InMemoryEventStore } from '#libs/event-store/memory';
import { SqliteEventStore } from '#libs/event-store/sqlite';
import { SystemClock } from '#libs/kernel';
import { FaultyStore, IntakeWorld, producerMeta } from '../../../test/support/intake-world.js';
import { type IntakeAnswer } from './answer.js';
import { type PredictionBatchEvent } from './events.js';
import { type Recorded } from '#libs/kernel';

const records = (from: number, until: number, about: object = {}): object[] =>
  Array.from({ length: until - from }, (_, index) => ({ id: `p${from + index}`, features: { x: from + index }, ...about }));

const outcomeOf = (sent: Promise<IntakeAnswer>): Promise<unknown> =>
  sent.then(
    ({ accepted }) => accepted,
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );

const STORES: readonly [string, (directory: string) => EventStore][] = [
  ['memory', () => new InMemoryEventStore()],
  ['SQLite', (directory) => new SqliteEventStore({ file: join(directory, 'log.sqlite'), clock: new SystemClock() })],
];

describe.each(STORES)('a lane on %s', (_, openStore) => {
  let directory: string;
  let store: FaultyStore;
  let world: IntakeWorld;
  const worlds: IntakeWorld[] = [];

  const open = async (about: Partial<Parameters<typeof IntakeWorld.open>[0]> = {}): Promise<IntakeWorld> => {
    const opened = await IntakeWorld.open({ store, directory, ...about });
    worlds.push(opened);
    return opened;
  };
  const restarted = async (): Promise<IntakeWorld> => {
    await world.stop();
    return open();
  };
  const distinct = async (): Promise<number> => {
    const ids = await world.ids();
    expect(new Set(ids).size).toBe(ids.length);
    return ids.length;
  };

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'lane-'));
    store = new FaultyStore(openStore(directory));
    world = await open();
  });
  afterEach(async () => {
    for (const one of worlds.splice(0)) await one.stop();
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('tells where each accepted record is', async () => {
    const answer = await world.predict([{ features: { x: 1 } }, 'NaN', { features: { x: 2 } }]);
    expect(answer).toMatchObject({ accepted: 2, refusedCount: 1, refused: [{ index: 1, code: 'NOT_JSON' }] });
    const [event] = await world.log();
    expect(answer.batches).toEqual([{ batch: event?.id, first: 0, count: 2 }]);
  });

  it('answers a resend under the same key with the first answer, before and after a restart', async () => {
    const sent = records(0, 1_500);
    const first = await world.predict([...sent, sent[0], 'broken', { id: 'p1', features: { x: -1 } }], { key: 'k' });
    expect(first).toMatchObject({ accepted: 1_500, duplicates: 1, conflicts: 1, refusedCount: 1 });
    const again = [...sent, sent[0], 'broken', { id: 'p1', features: { x: -1 } }];
    expect(await world.predict(again, { key: 'k' })).toEqual(first);
    expect(await (await restarted()).predict(again, { key: 'k' })).toEqual(first);
    expect(await distinct()).toBe(1_500);
  });

  it('refuses a key that was used with another body', async () => {
    await world.predict(records(0, 2), { key: 'k' });
    expect(await outcomeOf(world.predict(records(0, 3), { key: 'k' }))).toBe('KEY_REUSED');
    expect(await distinct()).toBe(2);
  });

  it('uses up a key whose records were all duplicates, but not one of which nothing was taken', async () => {
    await world.predict(records(0, 2));
    const duplicates = await world.predict(records(0, 2), { key: 'a' });
    expect(duplicates).toMatchObject({ accepted: 0, duplicates: 2 });
    expect(await outcomeOf(world.predict(records(0, 1), { key: 'a' }))).toBe('KEY_REUSED');
    expect(await world.predict(['broken'], { key: 'b' })).toMatchObject({ accepted: 0, refusedCount: 1, position: null });
    expect(await outcomeOf(world.predict(records(5, 6), { key: 'b' }))).toBe(1);
  });

  it('leaves the key of a request free of which nothing was taken, also where it shared an event with others', async () => {
    const sent = Array.from({ length: 20 }, (_, index) => world.predict(records(index, index + 1)));
    const refused = Array.from({ length: 5 }, (_, index) => world.predict(['NaN'], { key: `k${index}` }));
    expect((await Promise.all(sent)).every(({ accepted }) => accepted === 1)).toBe(true);
    expect((await Promise.all(refused)).every(({ accepted, refusedCount }) => accepted === 0 && refusedCount === 1)).toBe(true);
    for (let index = 0; index < 5; index += 1) {
      expect(await world.predict(records(100 + index, 101 + index), { key: `k${index}` })).toMatchObject({ accepted: 1 });
    }
    expect(await distinct()).toBe(25);
  });

  it('stores nothing for a request without anything new', async () => {
    await world.predict(records(0, 3));
    const before = (await world.stored()).length;
    expect(await world.predict(records(0, 3))).toMatchObject({ accepted: 0, duplicates: 3, batches: [], position: null });
    expect(await world.predict(['broken'])).toMatchObject({ accepted: 0, refusedCount: 1 });
    expect(await world.stored()).toHaveLength(before);
  });

  it('knows duplicates and conflicts after a restart, with and without its snapshot', async () => {
    await world.predict(records(0, 300));
    for (const lose of [false, true]) {
      world = await restarted();
      if (lose) rmSync(join(directory, 'snapshots'), { recursive: true });
      expect(await world.predict([...records(298, 301), { id: 'p0', features: { x: 7 } }])).toMatchObject(
        lose ? { accepted: 0, duplicates: 3, conflicts: 1 } : { accepted: 1, duplicates: 2, conflicts: 1 },
      );
    }
    expect(await distinct()).toBe(301);
  });

  it('does not believe a snapshot that is damaged or of another log', async () => {
    await world.predict(records(0, 100));
    await world.stop();
    for (const file of readdirSync(join(directory, 'snapshots'))) writeFileSync(join(directory, 'snapshots', file), 'damaged');
    world = await open();
    expect(await world.predict(records(99, 101))).toMatchObject({ accepted: 1, duplicates: 1 });
    await world.stop();
    const other = await open({ store: new InMemoryEventStore() });
    expect(await other.predict(records(0, 200))).toMatchObject({ accepted: 200, duplicates: 0 });
  });

  it('keeps both conflicting digests, and the first record', async () => {
    await world.predict([{ id: 'a', features: { x: 1 } }]);
    expect(await world.predict([{ id: 'a', features: { x: 2 } }])).toMatchObject({ accepted: 0, conflicts: 1 });
    const [, conflict] = (await world.log()) as Recorded<PredictionBatchEvent>[];
    expect(conflict?.data).toMatchObject({ rows: 0, conflicts: [{ id: 'a' }] });
    expect(conflict?.data.conflicts?.[0]?.stands).not.toBe(conflict?.data.conflicts?.[0]?.refused);
  });

  it('stores a request once when the log took it and did not say so', async () => {
    let failures = 2;
    store.fault = (stream) =>
      stream.startsWith('predictions-') && failures-- > 0 ? { afterWriting: new Timeout('the answer was lost') } : undefined;
    expect(await world.predict(records(0, 150))).toMatchObject({ accepted: 150, duplicates: 0 });
    expect(await distinct()).toBe(150);
  });

  it('answers 503 when the log stays silent, and recognises what it had taken when the producer sends again', async () => {
    store.fault = (stream) => (stream.startsWith('predictions-') ? { afterWriting: new Timeout('silent') } : undefined);
    expect(await outcomeOf(world.predict(records(0, 3), { key: 'k' }))).toBe('UNAVAILABLE');
    store.fault = () => undefined;
    expect(await world.predict(records(0, 3), { key: 'k' })).toMatchObject({ accepted: 3, duplicates: 0 });
    expect(await world.predict(records(0, 3))).toMatchObject({ accepted: 0, duplicates: 3 });
    expect(await distinct()).toBe(3);
  });

  it('goes on where a long request broke off when it is sent again under its key', async () => {
    let appends = 0;
    store.fault = (stream) => (stream.startsWith('predictions-') && ++appends > 1 ? new Unavailable('not-written', 'away') : undefined);
    expect(await outcomeOf(world.predict(records(0, 2_500), { key: 'k' }))).toBe('UNAVAILABLE');
    store.fault = () => undefined;
    const answer = await world.predict(records(0, 2_500), { key: 'k' });
    expect(answer).toMatchObject({ accepted: 2_500, duplicates: 0 });
    expect(answer.batches.map(({ count }) => count)).toEqual([834, 833, 833]);
    expect(await distinct()).toBe(2_500);
  });

  it('shares a stream with a second writer without losing or doubling', async () => {
    const other = await open({ directory: join(directory, 'other') });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? world : other).predict(records(index * 10, index * 10 + 15))),
    );
    const accepted = answers.reduce((sum, answer) => sum + answer.accepted, 0);
    expect(await distinct()).toBe(205);
    expect(accepted).toBe(205);
  });

  it('recognises a request without ids that another writer stored while this one looked away', async () => {
    const body = [{ score: 0.5 }, { score: 0.7 }];
    await world.predict([{ score: 0.1 }]);
    const other = await open();
    const first = await other.predict(body, { key: 'moved' });
    expect(await world.predict(body, { key: 'moved' })).toEqual(first);
    expect((await world.log()).map(({ data }) => data.rows)).toEqual([1, 2]);
  });

  it('takes a correction although it knows the same label from before another writer gave a third', async () => {
    const other = await open({ directory: join(directory, 'other') });
    const labels: readonly [IntakeWorld, string][] = [
      [world, 'bad'],
      [other, 'good'],
      [world, 'bad'],
    ];
    for (const [writer, label] of labels) expect(await writer.label([{ id: 'p1', label }])).toMatchObject({ accepted: 1, duplicates: 0 });
    expect(await world.label([{ id: 'p1', label: 'bad' }])).toMatchObject({ accepted: 0, duplicates: 1 });
    // In a long request the piece that stores nothing comes before one that does.
    const long = Array.from({ length: 1_500 }, (_, index) => ({ id: `q${index}`, label: 1 }));
    const corrected = long.slice(0, 1_000).map(({ id }) => ({ id, label: 0 }));
    await world.label(long.slice(0, 1_400));
    await other.label(corrected);
    expect(await world.label(long)).toMatchObject({ accepted: 1_100, duplicates: 400 });
  });

  it('puts small requests together and answers each for itself', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => world.predict(records(index, index + 1), { key: `k${index}` })),
    );
    expect(answers.map(({ accepted }) => accepted)).toEqual(answers.map(() => 1));
    const events = await world.log();
    expect(events.length).toBeLessThan(50);
    const correlated = events.flatMap((event) => event.data.requests.map((entry) => entry.correlationId ?? event.metadata.$correlationId));
    expect(new Set(correlated).size).toBe(50);
    expect(await world.predict(records(7, 8), { key: 'k7' })).toEqual(answers[7]);
  });

  it('answers 503 with a hint when too much waits', async () => {
    world = await open({ limits: { waitingRequestsMax: 5 }, directory: join(directory, 'bounded') });
    const outcomes = await Promise.all(Array.from({ length: 30 }, (_, index) => outcomeOf(world.predict(records(index, index + 1)))));
    expect(outcomes).toContain('OVERLOADED');
    expect(outcomes.filter((outcome) => outcome === 1)).toHaveLength(await distinct());
  });

  it('answers 429 to a key with too many requests under way, and not to another', async () => {
    world = await open({ requestsPerKeyMax: 3, directory: join(directory, 'bounded') });
    const mine = Array.from({ length: 5 }, (_, index) => outcomeOf(world.predict(records(index, index + 1))));
    const others = outcomeOf(world.predict(records(100, 101), { meta: producerMeta('key 01') }));
    expect(await Promise.all(mine)).toEqual([1, 1, 1, 'TOO_MANY_AT_ONCE', 'TOO_MANY_AT_ONCE']);
    expect(await others).toBe(1);
    expect(await outcomeOf(world.predict(records(5, 6)))).toBe(1);
  });

  it('keeps every event within the size the log takes, whatever is in it', async () => {
    const noise = (length: number): string =>
      Array.from({ length }, (_, i) => String.fromCharCode(0x4e00 + ((i * 7_919) % 20_000))).join('');
    const text = noise(1_000);
    const rows = Array.from({ length: 120 }, (_, row) => ({
      id: `r${row}`,
      features: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}`, text.slice((row * 7 + i * 13) % 900, 990) + row + i])),
    }));
    expect(await world.predict(rows)).toMatchObject({ accepted: 120 });
    const conflicts = rows.map(({ id }) => ({ id, features: {} }));
    expect(await world.predict(conflicts)).toMatchObject({ conflicts: 120 });
    for (const { body } of await world.stored()) expect(body.length).toBeLessThan(EVENT_BYTES_MAX);
    expect(new Set(await world.ids()).size).toBe(120);
  });

  it('stores ten thousand conflicts in events of allowed size', async () => {
    const long = (index: number): string => `${index}`.padStart(120, 'x');
    await world.predict(Array.from({ length: 10_000 }, (_, index) => ({ id: long(index), score: 1 })));
    expect(await world.predict(Array.from({ length: 10_000 }, (_, index) => ({ id: long(index), score: 2 })))).toMatchObject({
      conflicts: 10_000,
    });
  });

  it('does not let a refused record decide about one that is not', async () => {
    const deploymentId = deploymentIdOf(IntakeWorld.deployment);
    await world.commands.execute(
      new RegisterDeployment({ deploymentId, name: IntakeWorld.deployment, strict: true, onFirstPost: false }, producerMeta()),
    );
    const features = [
      { name: 'x', kind: 'number' as const },
      { name: 'person', kind: 'category' as const, personal: 'hash' as const },
    ];
    await world.commands.execute(new DeclareFeatures({ deploymentId, features }, producerMeta()));
    const answer = await world.predict([
      { id: 'a', features: { x: 'mistyped' } },
      { id: 'a', features: { x: 1, person: { mail: 'ada@example.org' } } },
      { id: 'b', features: { y: 1 } },
    ]);
    expect(answer).toMatchObject({ accepted: 1, conflicts: 0, duplicates: 0, refusedCount: 2 });
    expect(answer.refused.map(({ code }) => code)).toEqual(['MISTYPED', 'UNKNOWN_FEATURE']);
  });

  it('takes a label with members nobody reads, stores none of them, and names each', async () => {
    const given = { id: 'p1', label: 1, value: 2, predictionId: 'p2', annotator: 'Ada', constructor: 'x', note: null };
    const answer = await world.label([{ id: 'p0', label: 0, value: null, class: null }, given], { key: 'k' });
    expect(answer).toMatchObject({ accepted: 2, marked: 1, refusedCount: 0 });
    const mark = (field: string): object => ({ index: 1, row: 1, field, code: 'NOT_STORED' });
    expect(answer.marks).toEqual(['predictionId', 'value', 'annotator', 'constructor'].map(mark));
    expect(await world.label([{ id: 'p0', label: 0, value: null, class: null }, given], { key: 'k' })).toEqual(answer);
    expect(JSON.stringify((await world.log('labels')).map(({ data }) => data.columns))).not.toContain('Ada');
  });

  it('refuses a label with members nobody reads where the deployment is strict', async () => {
    const register = {
      deploymentId: deploymentIdOf(IntakeWorld.deployment),
      name: IntakeWorld.deployment,
      strict: true,
      onFirstPost: false,
    };
    await world.commands.execute(new RegisterDeployment(register, producerMeta()));
    const answer = await world.label([
      { id: 'p1', label: 1, by: 'Ada' },
      { id: 'p1', label: 1 },
    ]);
    expect(answer).toMatchObject({ accepted: 1, refused: [{ index: 0, field: 'by', code: 'UNKNOWN_MEMBER' }] });
  });

  it('takes another label for a correction and the same one for a duplicate', async () => {
    expect(await world.label([{ id: 'p1', label: 1 }])).toMatchObject({ accepted: 1 });
    expect(await world.label([{ id: 'p1', label: 1 }])).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(await world.label([{ id: 'p1', label: 0 }])).toMatchObject({ accepted: 1, conflicts: 0 });
    expect(await (await restarted()).label([{ id: 'p1', label: 1 }])).toMatchObject({ accepted: 1 });
  });

  it('counts records before the schema is settled, then fixes inferred types', async () => {
    await world.predict(records(0, 400));
    expect(await world.predict([{ id: 'f', features: { x: 0.5 } }])).toMatchObject({ marked: 0 });
    await world.predict(records(400, 600, { score: 1 }).map((record) => ({ ...record, features: { y: 1 } })));
    expect(await world.predict([{ id: 'g', features: { x: 1.5, y: 0.5 } }])).toMatchObject({
      marked: 1,
      marks: [{ field: 'features.y', code: 'MISTYPED' }],
    });
    const types = (await world.stored('deployment')).map(({ type }) => type);
    expect(types.filter((type) => type === 'FeatureSchemaSettled')).toHaveLength(1);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Count, defineQuery, InMemoryIntentStore, migrate, ProjectionRunner, rebuild, type ClickHouse } from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import { InMemoryEventStore } from '#libs/event-store/memory';
import { SystemClock, type Recorded } from '#libs/kernel';
import { IntakeWorld } from '../../../test/support/intake-world.js';
import { type PredictionEvent } from './events.js';
import { predictionsProjection } from './projection.js';

const Pairs = defineQuery({
  name: 'SpecPairs',
  purpose: 'specification: predictions with the label that counts',
  sql: `SELECT key, argMax(score, label_position) AS predicted, argMax(its_label, label_position) AS label, argMax(weight, label_position) AS weight,
  argMax(version, label_position) AS version
FROM (SELECT *, ifNull(toString(label_value), label_class) AS its_label FROM driftledger.predictions_labelled_v1) GROUP BY key ORDER BY key`,
  params: z.object({}),
  row: z.object({ key: z.string(), predicted: z.number().nullable(), label: z.string(), weight: z.number(), version: z.string() }),
});

const Totals = defineQuery({
  name: 'SpecTotals',
  purpose: 'specification: what is counted',
  sql: `SELECT subject, sum(total) AS rows, sum(sampled) AS sampled, arraySum(sumMap(counts).2) AS weights
FROM driftledger.{table:Identifier} GROUP BY subject ORDER BY subject`,
  params: z.object({ table: z.string() }),
  row: z.object({ subject: z.string(), rows: Count, sampled: Count, weights: Count }),
});

describe('predictions and labels in the read model', () => {
  let directory: string;
  let clickHouse: ClickHouse;
  let world: IntakeWorld;
  let runner: ProjectionRunner;
  let seen = 0;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'projection-'));
    clickHouse = openChdb({ path: join(directory, 'clickhouse') });
    await migrate(clickHouse, { clock: new SystemClock() });
    world = await IntakeWorld.open({ store: new InMemoryEventStore(), directory });
    runner = new ProjectionRunner({ projection: predictionsProjection, clickHouse, intents: new InMemoryIntentStore() });
    await runner.resumeFrom(undefined);
  });
  afterAll(async () => {
    await world.stop();
    await clickHouse.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const events = async (): Promise<readonly Recorded<PredictionEvent>[]> =>
    [...(await world.log('predictions')), ...(await world.log('labels'))].sort((a, b) => Number(a.position.commit - b.position.commit));
  const project = async (): Promise<void> => {
    const all = await events();
    await runner.handle(all.slice(seen));
    seen = all.length;
  };
  const pairs = async (): Promise<Record<string, unknown>> =>
    Object.fromEntries((await clickHouse.query(Pairs, {})).map(({ key, ...rest }) => [key, rest]));

  it('pairs labels with predictions in either order, projected together or apart', async () => {
    await world.label([{ id: 'early', label: 1 }]);
    await project();
    await world.predict([
      { id: 'early', score: 0.5, version: '7', weight: 3 },
      { id: 'late', score: 0.25 },
      { id: 'never', score: 0.75 },
    ]);
    await project();
    await world.label([{ id: 'late', label: 'yes' }]);
    await world.label([{ id: 'together', label: 0 }]);
    await world.predict([{ id: 'together', score: 1 }]);
    await project();
    expect(await pairs()).toEqual({
      early: { predicted: 0.5, label: '1', weight: 3, version: '7' },
      late: { predicted: 0.25, label: 'yes', weight: 1, version: '' },
      together: { predicted: 1, label: '0', weight: 1, version: '' },
    });
  });

  it('lets the latest label count, wherever it came from', async () => {
    await world.label([
      { id: 'early', label: 0 },
      { id: 'early', label: 2 },
    ]);
    await world.label([{ id: 'corrected first', label: 1 }]);
    await world.label([{ id: 'corrected first', label: 0 }]);
    await world.predict([{ id: 'corrected first', score: 0.1 }]);
    await project();
    await world.label([{ id: 'late', label: 'no' }]);
    await project();
    expect(await pairs()).toMatchObject({ early: { label: '2' }, late: { label: 'no' }, 'corrected first': { label: '0' } });
  });

  it('pairs a prediction whose id was given here', async () => {
    const { batches } = await world.predict([{ score: 0.3 }]);
    const id = `${batches[0]?.batch}.${batches[0]?.first}`;
    await world.label([{ id, label: 1 }]);
    await project();
    expect(await pairs()).toMatchObject({ [id]: { predicted: 0.3, label: '1' } });
  });

  it('counts every row of every subject once, with its weight, also where it is missing or mistyped', async () => {
    await world.predict([
      { features: { x: 1, word: 'a' }, weight: 2 },
      { features: { x: 'mistyped', word: null }, weight: 3 },
      { features: { x: 2.5 }, weight: 4 },
    ]);
    // Only conflicts: an event without rows.
    await world.predict([{ id: 'early', score: 0.9 }]);
    await project();
    for (const table of ['predictions_counts_5m_v1', 'predictions_counts_1d_v1']) {
      const totals = new Map((await clickHouse.query(Totals, { table })).map(({ subject, ...rest }) => [subject, rest]));
      // A number without a grid is not in buckets yet; what has no value is counted all the same.
      expect(totals.get('feature:x')).toEqual({ rows: 3, sampled: 2, weights: 3 });
      expect(totals.get('feature:word')).toEqual({ rows: 3, sampled: 1, weights: 9 });
      expect(totals.get('volume')).toMatchObject({ rows: 9, sampled: 9, weights: 17 });
    }
  });

  it('is the same when it is built again from the log', async () => {
    const all = await events();
    const again = await rebuild({
      clickHouse,
      projection: predictionsProjection,
      batches: (async function* () {
        for (let at = 0; at < all.length; at += 3) yield await Promise.resolve(all.slice(at, at + 3));
      })(),
    });
    const compared = await again.compare();
    await again.discard();
    expect(again.events).toBe(all.length);
    expect([...compared].filter(([, { equal }]) => !equal)).toEqual([]);
  });
});

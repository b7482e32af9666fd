import fc from 'fast-check';
import { idOfName, instant, positionOf, type Recorded } from '#libs/kernel';
import { type PredictionBatch } from './batch.js';
import { COUNT_COLUMNS, Counts } from './counts.js';
import { type PredictionBatchEvent } from './events.js';

const deploymentId = idOfName('deployment', 'counted');
const word = fc.constantFrom('a', 'b', 'c');

/** A batch over a few hours, two versions, a number with a grid and a category. */
const batch = fc
  .array(
    fc.record({
      at: fc.nat(40_000_000),
      version: fc.constantFrom(-1, 0, 1),
      weight: fc.integer({ min: 1, max: 5 }),
      x: fc.option(fc.integer({ min: -3_000, max: 3_000 })),
      word: fc.option(word),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((rows): PredictionBatch => {
    const words = [...new Set(rows.flatMap((row) => row.word ?? []))];
    return {
      ...{ deploymentId, schemaVersion: 1, salt: '', base: 983_404_800_000, rows: rows.length, requests: [] },
      columns: {
        id: rows.map(() => null),
        at: rows.map((row) => row.at),
        version: { words: ['7', '8'], codes: rows.map((row) => row.version) },
        weight: rows.map((row) => row.weight),
      },
      features: {
        x: { kind: 'number', grid: [0, 1], values: rows.map((row) => row.x) },
        word: {
          kind: 'category',
          words,
          codes: rows.map((row) => (row.word === null ? -1 : words.indexOf(row.word))),
          buckets: words.map((one) => 'abc'.indexOf(one)),
        },
      },
    };
  });

const recorded = (data: PredictionBatch, at: number): Recorded<PredictionBatchEvent> => ({
  ...{ type: 'PredictionBatchRecorded', data, id: idOfName('event', `${at}`), stream: 's', revision: BigInt(at) },
  position: positionOf(BigInt(at + 1)),
  recordedAt: instant(983_404_800_000),
  metadata: {
    ...{ $correlationId: '', $causationId: '', commandId: '', schemaVersion: 1, sha256: '' },
    actor: { principalId: deploymentId, kind: 'service', via: 'key' },
    source: { surface: 'http', addressClass: 'loopback' },
  },
});

type Sums = Map<string, { counts: Map<number, number>; sampled: number; total: number }>;

/** Rows of any number of tables, added up by their key: what the engine makes of them. */
const merged = (tables: readonly Counts[], grain: '5m' | '1d'): Sums => {
  const at = (name: (typeof COUNT_COLUMNS)[number]): number => COUNT_COLUMNS.indexOf(name);
  const sums: Sums = new Map();
  for (const row of tables.flatMap((table) => table.rows(grain))) {
    const key = JSON.stringify(row.slice(0, at('counts')));
    const sum = sums.get(key) ?? { counts: new Map<number, number>(), sampled: 0, total: 0 };
    sums.set(key, sum);
    const [buckets, counts] = row[at('counts')] as unknown as [number[], number[]];
    buckets.forEach((bucket, i) => sum.counts.set(bucket, (sum.counts.get(bucket) ?? 0) + (counts[i] ?? 0)));
    sum.sampled += Number(row[at('sampled')]);
    sum.total += Number(row[at('total')]);
  }
  return sums;
};
const counted = (events: readonly Recorded<PredictionBatchEvent>[]): Counts => {
  const counts = new Counts();
  for (const event of events) counts.add(event);
  return counts;
};
const comparable = (sums: Sums): unknown =>
  Object.fromEntries(
    [...sums].sort().map(([key, { counts, ...rest }]) => [key, { ...rest, counts: Object.fromEntries([...counts].sort()) }]),
  );

describe('counts', () => {
  it.each(['5m', '1d'] as const)('per %s do not depend on how batches were put together', (grain) => {
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1, maxLength: 5 }), fc.nat(4), (batches, cut) => {
        const events = batches.map(recorded);
        const apart = [counted(events.slice(0, cut)), counted(events.slice(cut))];
        expect(comparable(merged(apart, grain))).toEqual(comparable(merged([counted(events)], grain)));
      }),
    );
  });

  it.each(['5m', '1d'] as const)('per %s hold each row of each subject once, with its weight', (grain) => {
    fc.assert(
      fc.property(batch, (data) => {
        const sums = [...merged([counted([recorded(data, 0)])], grain)];
        const weight = (data.columns.weight ?? []).reduce((sum, one) => sum + one, 0);
        for (const subject of ['volume', 'feature:x', 'feature:word']) {
          const own = sums.filter(([key]) => key.includes(`"${subject}"`)).map(([, sum]) => sum);
          expect(own.reduce((sum, { total }) => sum + total, 0)).toBe(data.rows);
          expect(own.flatMap(({ counts }) => [...counts.values()]).reduce((sum, count) => sum + count, 0)).toBe(weight);
        }
      }),
    );
  });

  it('are kept apart by version and variant, whatever characters these hold', () => {
    const codes = [0, 1];
    const data: PredictionBatch = {
      ...{ deploymentId, schemaVersion: 1, salt: '', base: 0, rows: 2, requests: [], features: {} },
      columns: {
        id: [null, null],
        at: [0, 0],
        version: { words: ['a\u0000b', 'a'], codes },
        variant: { words: ['c', 'b\u0000c'], codes },
      },
    };
    const counts = new Counts();
    counts.add(recorded(data, 1));
    expect(counts.rows('5m').map((row) => row.slice(3, 5))).toEqual([
      ['a\u0000b', 'c'],
      ['a', 'b\u0000c'],
    ]);
  });

  it('per day are the counts of its five minutes', () => {
    fc.assert(
      fc.property(batch, (data) => {
        const counts = counted([recorded(data, 0)]);
        const total = (grain: '5m' | '1d'): number => [...merged([counts], grain).values()].reduce((sum, { sampled }) => sum + sampled, 0);
        expect(total('1d')).toBe(total('5m'));
      }),
    );
  });
});

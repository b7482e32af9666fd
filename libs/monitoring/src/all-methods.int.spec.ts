import { deploymentIdOf } from '#libs/deployments';
import { globalId } from '#libs/graphql-kit';
import {
  bucketCutsFor,
  countBinsOfBuckets,
  countBuckets,
  gridFrom,
  type Kind,
  type Method,
  METHODS,
  type Score,
  sortedValues,
  StatisticsError,
} from '#libs/statistics';
import { MonitoringWorld } from '../../../test/support/monitoring-world.js';
import { monitorIdOf } from './ids.js';
import { type CountSample, NO_SPECIAL } from './sample.js';
import { SampleReader } from './sample-reader.js';
import { VALUES_MAX } from './scores.js';
import { ValuesBehindCounts } from './values-behind-counts.js';

const DAY = 86_400_000;
const START = Date.parse('2026-01-05T00:00:00Z');
const CITIES = ['paris', 'rome', 'oslo'];
const MMD_VALUES = 60;

const seeded = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

type Features = { readonly latitude: number; readonly city: string; readonly member: boolean };

/** Rows of a day: a number far from zero, one of three words, one of two. */
const featuresOf = (day: number, rows = 600): Features[] => {
  const next = seeded(day + 29);
  const moved = day === 3 ? 0.02 : 0;
  return Array.from({ length: rows }, (_, i) => ({
    latitude: 48.2 + moved + 0.05 * (next() + next() + next() - 1.5),
    // The first rows meet every word in one order, which is the order of their buckets.
    city: CITIES[i < 3 ? i : Math.floor(next() ** (day === 3 ? 1.4 : 1) * 3)] ?? '',
    member: i === 0 ? false : i === 1 || next() < (day === 3 ? 0.35 : 0.25),
  }));
};

const rowsOf = (day: number, rows?: number): unknown[] =>
  featuresOf(day, rows).map((features, i, all) => ({
    id: `d${day}-${i}`,
    at: START + day * DAY + Math.floor((i * DAY) / all.length),
    features,
  }));

type Shown = {
  readonly driftMethod: string;
  readonly version: number;
  readonly score: number;
  readonly pValue: number | null;
  mode: string;
};
type Unscored = { readonly method: string; readonly reason: string; readonly detail: string };
type Node = { readonly scores: readonly Shown[]; readonly unscored: readonly Unscored[]; readonly sha256: string };

const SERIES = `query($id: ID!, $subject: String!) { measurements(monitor: $id, subject: $subject, first: 1) { nodes {
  scores { driftMethod version score pValue mode } unscored { method reason detail } sha256 } } }`;

const of = (kind: Kind): readonly Method[] => METHODS.filter(({ kinds }) => kinds.includes(kind));
const shownOf = (kind: Kind): string =>
  of(kind)
    .map(({ id }) => `{ method: ${id.toUpperCase()}${id === 'mmd' ? `, parameters: { valuesMax: ${MMD_VALUES} }` : ''} }`)
    .join(' ');

const PAST = [0, 1, 2].flatMap((day) => featuresOf(day));
const PRESENT = featuresOf(3);

/** What the library answers for the same rows, asked directly. */
const numberScore = (method: Method): Score => {
  const [reference, current] = [PAST, PRESENT].map((rows) => sortedValues(rows.map(({ latitude }) => latitude)));
  if (!reference || !current) throw new Error('two samples');
  if (method.needs === 'distribution' && !method.fromBuckets) return method.fromSorted(reference, current, { valuesMax: MMD_VALUES });
  const grid = gridFrom(featuresOf(-5, 1000).map(({ latitude }) => latitude));
  const [r, c] = [countBuckets(reference, grid), countBuckets(current, grid)];
  if (method.needs === 'distribution') return method.fromBuckets?.(r, c, grid) ?? { score: NaN, parameters: {} };
  const cuts = bucketCutsFor({ binning: 'quantile', bins: 10 }, r, c, grid);
  return binScore(method, countBinsOfBuckets(r, cuts), countBinsOfBuckets(c, cuts));
};

const wordScore = (method: Method, name: 'city' | 'member', words: readonly unknown[]): Score => {
  const [r, c] = [PAST, PRESENT].map((rows) => words.map((word) => rows.filter((row) => row[name] === word).length));
  return binScore(method, r ?? [], c ?? []);
};

/** The judge's empty bins stay empty: without drift its distance then follows the law it is held against. */
const binScore = (method: Method, reference: readonly number[], current: readonly number[]): Score => {
  if (method.needs !== 'bins') throw new Error('words have bins');
  return method.fromBins(reference, current, method.id === 'jensen_shannon' ? { zero: { kind: 'none' } } : {});
};

type Answer = { readonly score: number; readonly pValue: number | null } | string;

const answer = (score: () => Score): Answer => {
  try {
    const { score: value, pValue = null } = score();
    return { score: value, pValue };
  } catch (error) {
    if (error instanceof StatisticsError) return error.message;
    throw error;
  }
};

describe('a monitor that shows every method', () => {
  let world: MonitoringWorld;

  const watch = async (name: string): Promise<void> => {
    const create = `mutation($name: String!) { createMonitor(input: { deployment: "every", name: $name, definition: {
      references: [{ kind: ROLLING, windows: 3, windowsMin: 2 }],
      shown: { numeric: [${shownOf('numeric')}], categorical: [${shownOf('categorical')}] } } }) { __typename ... on Refusal { message } } }`;
    expect((await world.client.ask(create, { name })).data).toEqual({ createMonitor: { __typename: 'MonitorPayload' } });
  };
  const measured = async (name: string, subject: string): Promise<Node> => {
    const id = globalId('Monitor', monitorIdOf(name));
    const { data, errors } = await world.client.ask<{ measurements: { nodes: Node[] } }>(SERIES, { id, subject });
    expect(errors).toEqual([]);
    const [node] = data.measurements.nodes;
    if (!node) throw new Error(`nothing was measured of ${subject}`);
    return node;
  };
  /** Each method of a kind with its score, or with why it has none. */
  const answers = ({ scores, unscored }: Node): Map<string, Answer> => {
    const found = new Map<string, Answer>(scores.map(({ driftMethod, score, pValue }) => [driftMethod.toLowerCase(), { score, pValue }]));
    for (const { method, reason, detail } of unscored) found.set(method.toLowerCase(), `${reason} ${detail}`);
    return found;
  };

  beforeAll(async () => {
    world = await MonitoringWorld.open();
    // A thousand values give a number its grid.
    await world.predict('every', rowsOf(-5, 1000));
    for (const day of [0, 1, 2, 3]) await world.predict('every', rowsOf(day));
    await watch('every');
    await watch('again');
    await world.predict('every', rowsOf(4, 60));
    await world.measure();
  });
  afterAll(() => world.close());

  it('scores numbers as the library does on the same rows, to the bit, and says which came from values', async () => {
    const node = await measured('every', 'feature:latitude');
    expect(answers(node)).toEqual(new Map(of('numeric').map((method) => [method.id, answer(() => numberScore(method))])));
    expect(node.unscored).toEqual([]);
    const beside = of('numeric').filter((method) => method.needs === 'distribution' && !method.fromBuckets);
    const exact = node.scores.filter(({ mode }) => mode === 'exact').map(({ driftMethod }) => driftMethod.toLowerCase());
    expect(new Set(exact)).toEqual(new Set(beside.map(({ id }) => id)));
    for (const { driftMethod, version } of node.scores)
      expect(version).toBe(METHODS.find(({ id }) => id.toUpperCase() === driftMethod)?.version);
  });

  it('scores words as the library does on the same rows, to the bit, and says why a method has no score', async () => {
    const expected = (name: 'city' | 'member', words: readonly unknown[]) =>
      new Map(
        of('categorical').map((method) => {
          const found = answer(() => wordScore(method, name, words));
          return [method.id, typeof found === 'string' ? `NOT_DEFINED ${found}` : found];
        }),
      );
    expect(answers(await measured('every', 'feature:city'))).toEqual(expected('city', CITIES));
    expect(answers(await measured('every', 'feature:member'))).toEqual(expected('member', [false, true]));
    expect((await measured('every', 'feature:member')).unscored).toEqual([]);
    expect((await measured('every', 'feature:city')).unscored.map(({ method }) => method)).toEqual(['FISHER_EXACT', 'TWO_PROPORTION_Z']);
  });

  it('gives the same bits when the same window is measured again', async () => {
    for (const subject of ['feature:latitude', 'feature:city', 'feature:member'])
      expect(await measured('again', subject)).toEqual(await measured('every', subject));
  });

  it('reads no values where the reference is a file, and none of a sample that is too large', async () => {
    const behind = new ValuesBehindCounts(new SampleReader(world.clickHouse), { deploymentId: deploymentIdOf('every'), selection: {} }, 0n);
    const sample = (counted: number): CountSample => ({ rows: counted, counted, counts: new Map([[0, counted]]), special: NO_SPECIAL });
    const about = { subject: 'feature:latitude', form: 'numeric', mode: 'buckets', grid: { centre: 0, unit: 1 }, windows: [] } as const;
    const current = { from: START, until: START + DAY };
    const file = await behind.beside({ ...about, reference: sample(10), current: sample(10) }, { current, reference: [] });
    expect(file).toMatchObject({ values: { missing: 'values_not_kept' } });
    const large = { ...about, reference: sample(VALUES_MAX + 1), current: sample(10) };
    expect(await behind.beside(large, { current, reference: [current] })).toMatchObject({ values: { missing: 'too_many_values' } });
  });
});

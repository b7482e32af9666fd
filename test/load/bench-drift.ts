/**
 * Drift of 60 features, a reference of one million rows against 100,000 current ones: from bucket counts, as the server measures, and
 * exactly, from the values. Prints one JSON object. Nothing asserts a time; the targets stand beside the figures.
 *
 * `--features`, `--reference`, `--current` change the size.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import {
  type BucketCounts,
  bucketCutsFor,
  countBinsOfBuckets,
  countBinsOfSorted,
  countBuckets,
  cutsFor,
  DEFAULT_BINNING,
  type Grid,
  gridFrom,
  jensenShannon,
  kolmogorovSmirnov,
  kolmogorovSmirnovOfBuckets,
  psi,
  sortedValues,
  wasserstein,
  wassersteinOfBuckets,
} from '#libs/statistics';

/** Seeded uniform numbers (mulberry32). */
const generator = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

const normals = (random: () => number, size: number, shift: number): Float64Array =>
  Float64Array.from({ length: size }, () => shift + Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));

type Timings = { grid: number; countCurrent: number; fromBuckets: number; sort: number; exact: number };
/** Time on the wall and on the processor: on a busy machine only the second says what the work costs. */
type Clocks = { readonly wall: Timings; readonly cpu: Timings };
type Scores = { readonly psi: number; readonly jensenShannon: number; readonly kolmogorovSmirnov: number; readonly wasserstein: number };

const timed = <T>({ wall: timings, cpu }: Clocks, step: keyof Timings, work: () => T): T => {
  const start = performance.now();
  const before = process.cpuUsage();
  const result = work();
  const used = process.cpuUsage(before);
  timings[step] += performance.now() - start;
  cpu[step] += (used.user + used.system) / 1000;
  return result;
};

const fromBuckets = (reference: BucketCounts, current: BucketCounts, grid: Grid): Scores => {
  const cuts = bucketCutsFor(DEFAULT_BINNING, reference, current, grid);
  const [r, c] = [countBinsOfBuckets(reference, cuts), countBinsOfBuckets(current, cuts)];
  return {
    psi: psi(r, c).score,
    jensenShannon: jensenShannon(r, c).score,
    kolmogorovSmirnov: kolmogorovSmirnovOfBuckets(reference, current).score,
    wasserstein: wassersteinOfBuckets(reference, current, grid).score,
  };
};

const exactly = (reference: Float64Array, current: Float64Array): Scores => {
  const cuts = cutsFor(DEFAULT_BINNING, reference, current);
  const [r, c] = [countBinsOfSorted(reference, cuts), countBinsOfSorted(current, cuts)];
  return {
    psi: psi(r, c).score,
    jensenShannon: jensenShannon(r, c).score,
    kolmogorovSmirnov: kolmogorovSmirnov(reference, current).score,
    wasserstein: wasserstein(reference, current).score,
  };
};

const feature = (index: number, sizes: { readonly reference: number; readonly current: number }, clocks: Clocks): number => {
  const random = generator(index + 1);
  const reference = normals(random, sizes.reference, 0);
  const current = normals(random, sizes.current, index % 3 === 0 ? 0.05 : 0);
  const grid = timed(clocks, 'grid', () => gridFrom(reference));
  const referenceCounts = countBuckets(reference, grid);
  const currentCounts = timed(clocks, 'countCurrent', () => countBuckets(current, grid));
  const bucketed = timed(clocks, 'fromBuckets', () => fromBuckets(referenceCounts, currentCounts, grid));
  const [r, c] = timed(clocks, 'sort', () => [sortedValues(reference), sortedValues(current)] as const);
  const exact = timed(clocks, 'exact', () => exactly(r, c));
  return Math.abs(exact.kolmogorovSmirnov - bucketed.kolmogorovSmirnov);
};

const { values } = parseArgs({
  options: {
    features: { type: 'string', default: '60' },
    reference: { type: 'string', default: '1000000' },
    current: { type: 'string', default: '100000' },
  },
});
const sizes = { reference: Number(values.reference), current: Number(values.current) };
const features = Number(values.features);
const zero = (): Timings => ({ grid: 0, countCurrent: 0, fromBuckets: 0, sort: 0, exact: 0 });
const clocks: Clocks = { wall: zero(), cpu: zero() };
// A first feature warms the code up and is not counted.
feature(0, { reference: 20_000, current: 10_000 }, { wall: zero(), cpu: zero() });
const differences = Array.from({ length: features }, (_, i) => feature(i, sizes, clocks));
const round = (ms: number): number => Math.round(ms * 10) / 10;
const rounded = (timings: Timings): Record<string, number> =>
  Object.fromEntries(Object.entries(timings).map(([step, ms]) => [step, round(ms)]));

console.log(
  JSON.stringify({
    bench: 'drift',
    features,
    rows: sizes,
    wallMs: rounded(clocks.wall),
    cpuMs: rounded(clocks.cpu),
    fromBucketsMs: round(clocks.wall.fromBuckets),
    exactMs: round(clocks.wall.sort + clocks.wall.exact),
    largestDifferenceOfKolmogorovSmirnov: Math.max(...differences),
    targets: { fromBucketsMs: 100, exactMs: 3000, largestDifferenceOfKolmogorovSmirnov: 0.001 },
    load: loadavg().map(round),
    memoryMiB: Math.round(process.memoryUsage().rss / 2 ** 20),
    node: process.version,
  }),
);

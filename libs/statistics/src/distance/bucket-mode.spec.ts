import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countBuckets } from '../binning/bucket-counts.js';
import { bucketCutsFor, cutsFor, DEFAULT_BINNING } from '../binning/binning.js';
import { bucketOf, type Grid, gridFrom } from '../binning/grid.js';
import { countBins, countBinsOfBuckets, countBinsOfSorted, snapCuts } from '../binning/histogram.js';
import { DEFAULT_ZERO_RULE, sharesOf } from '../binning/zero-rule.js';
import { kolmogorovSmirnov, kolmogorovSmirnovOfBuckets } from '../hypothesis/kolmogorov-smirnov.js';
import { type BinsMethod, type Method } from '../method.js';
import { methodById } from '../methods.js';
import { seededRandom } from '../random.js';
import { sortedValues } from '../sorted.js';
import { populationDeviation } from '../summation.js';
import { hellinger } from './hellinger.js';
import { jensenShannon } from './jensen-shannon.js';
import { psi } from './psi.js';
import { totalVariation } from './total-variation.js';
import { wasserstein, wassersteinNormalised, wassersteinNormalisedOfBuckets, wassersteinOfBuckets } from './wasserstein.js';

const random = seededRandom(482);
const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const DAY_MS = 86_400_000;

/** Features far from zero, where a grid around zero would put everything into a few buckets. */
const FEATURES: readonly (readonly [string, () => number])[] = [
  ['latitudes 48.2 ± 0.05', () => 48.2 + 0.05 * normal()],
  ['epoch milliseconds over 90 days', () => Math.floor(1_760_000_000_000 + 90 * DAY_MS * random())],
  ['prices near 1.1', () => Math.round((1.1 + 0.01 * normal()) * 1e5) / 1e5],
  ['amounts with a long tail', () => Math.exp(3 + normal())],
];

const binsMethod = (method: Method): BinsMethod => {
  if (method.needs !== 'bins') throw new Error(`${method.id} is no method over bins`);
  return method;
};

const exactAndBucketed = (id: string, reference: Float64Array, current: Float64Array): readonly [number, number] => {
  const grid = gridFrom(reference);
  const [a, b] = [countBuckets(reference, grid), countBuckets(current, grid)];
  if (id === 'kolmogorov_smirnov') return [kolmogorovSmirnov(reference, current).score, kolmogorovSmirnovOfBuckets(a, b).score];
  if (id === 'wasserstein') return [wasserstein(reference, current).score, wassersteinOfBuckets(a, b, grid).score];
  if (id === 'wasserstein_normalised')
    return [wassersteinNormalised(reference, current).score, wassersteinNormalisedOfBuckets(a, b, grid).score];
  const { fromBins } = binsMethod(methodById(id === 'psi' || id === 'jensen_shannon' || id === 'hellinger' ? id : 'total_variation'));
  const [cuts, bucketCuts] = [cutsFor(DEFAULT_BINNING, reference, current), bucketCutsFor(DEFAULT_BINNING, a, b, grid)];
  return [
    fromBins(countBinsOfSorted(reference, cuts), countBinsOfSorted(current, cuts)).score,
    fromBins(countBinsOfBuckets(a, bucketCuts), countBinsOfBuckets(b, bucketCuts)).score,
  ];
};

describe('scores from bucket counts see a shift of half a deviation as the exact ones do', () => {
  const IDS = ['psi', 'jensen_shannon', 'hellinger', 'total_variation', 'kolmogorov_smirnov', 'wasserstein_normalised'] as const;

  it.each(FEATURES)('in %s, within 0.005', (_, draw) => {
    const reference = sortedValues(Array.from({ length: 20_000 }, draw));
    const half = populationDeviation(reference) / 2;
    const current = sortedValues(Array.from({ length: 8000 }, () => draw() + half));
    for (const id of IDS) {
      const [exact, bucketed] = exactAndBucketed(id, reference, current);
      expect({ id, far: exact > 0.05, off: Math.abs(exact - bucketed) <= 0.005 }).toEqual({ id, far: true, off: true });
    }
    const [exact, bucketed] = exactAndBucketed('wasserstein', reference, current);
    expect(Math.abs(exact - bucketed)).toBeLessThanOrEqual(0.005 * 2 * half);
  });
});

describe('the error of snapped cuts', () => {
  const value = fc.double({ min: -50, max: 50, noNaN: true });
  const values = fc.array(value, { minLength: 1, maxLength: 40 });
  const cuts = fc.uniqueArray(fc.double({ min: -40, max: 40, noNaN: true }), { minLength: 1, maxLength: 5 });

  /** Wide buckets, so that many rows change their bin. */
  const grid: Grid = { centre: 0, unit: 8 };

  const sides = (sample: readonly number[], at: readonly number[]): { exact: number[]; bucketed: number[]; moved: number } => {
    const bucketCuts = snapCuts(at, grid);
    const moved = sample.filter((x) => countBins([x], at).indexOf(1) !== countBins([bucketOf(x, grid)], bucketCuts).indexOf(1)).length;
    return {
      exact: countBins(sample, at),
      bucketed: countBinsOfBuckets(countBuckets(sample, grid), bucketCuts),
      moved: moved / sample.length,
    };
  };

  const cases = fc.tuple(values, values, cuts).map(([x, y, at]) => {
    const ordered = [...at].sort((a, b) => a - b);
    return { x, y, cuts: ordered, distinct: snapCuts(ordered, grid).length === ordered.length };
  });
  const none = { zero: { kind: 'none' } } as const;

  it('stays below what is stated for total variation, Hellinger and Jensen-Shannon', () => {
    fc.assert(
      fc.property(
        cases.filter(({ distinct }) => distinct),
        ({ x, y, cuts: at }) => {
          const [a, b] = [sides(x, at), sides(y, at)];
          const off = (distance: (r: number[], c: number[]) => { score: number }): number =>
            Math.abs(distance(a.exact, b.exact).score - distance(a.bucketed, b.bucketed).score);
          const [s, t] = [a.moved, b.moved];
          expect(off(totalVariation)).toBeLessThanOrEqual(s + t + 1e-12);
          expect(off(hellinger)).toBeLessThanOrEqual(Math.sqrt(s) + Math.sqrt(t) + 1e-7);
          expect(off((r, c) => jensenShannon(r, c, none))).toBeLessThanOrEqual((Math.sqrt(s) + Math.sqrt(t)) * Math.sqrt(Math.LN2) + 1e-7);
        },
      ),
    );
  });

  it('stays below what is stated for PSI', () => {
    fc.assert(
      fc.property(
        cases.filter(({ distinct }) => distinct),
        ({ x, y, cuts: at }) => {
          const [a, b] = [sides(x, at), sides(y, at)];
          const logRatios = (['exact', 'bucketed'] as const).flatMap((mode) => {
            const [r, c] = [sharesOf(a[mode], DEFAULT_ZERO_RULE), sharesOf(b[mode], DEFAULT_ZERO_RULE)];
            return r.map((share, i) => Math.abs(Math.log((c[i] ?? NaN) / share)));
          });
          const largest = Math.max(...logRatios);
          const bound = 2 * (a.moved + b.moved) * (largest + Math.exp(largest) - 1);
          expect(Math.abs(psi(a.exact, b.exact).score - psi(a.bucketed, b.bucketed).score)).toBeLessThanOrEqual(bound + 1e-12);
        },
      ),
    );
  });
});

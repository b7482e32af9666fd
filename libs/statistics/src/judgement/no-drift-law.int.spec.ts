import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cutsFor, DEFAULT_BINNING } from '../binning/binning.js';
import { countBins } from '../binning/histogram.js';
import { psi } from '../distance/psi.js';
import { wasserstein } from '../distance/wasserstein.js';
import { kolmogorovSmirnov } from '../hypothesis/kolmogorov-smirnov.js';
import { type BinsMethod, type DistributionMethod } from '../method.js';
import { METHODS } from '../methods.js';
import oracle from '../oracles/no-drift-law.json' with { type: 'json' };
import { seededRandom } from '../random.js';
import { sortedValues } from '../sorted.js';
import { chiSquareQuantile } from '../special/chi-square-quantile.js';
import { dealCounts, dealSorted, hypergeometric } from './hypergeometric.js';
import { noDriftLawOfBinned } from './no-drift-law-of-binned.js';
import { noDriftLawOfCounts } from './no-drift-law-of-counts.js';
import { noDriftLawOfSamples } from './no-drift-law-of-samples.js';
import { drawnLaw } from './no-drift-law.js';

const { chiSquare, hypergeometric: hypergeometricCases, samples, counts, normal, exponential } = oracle.cases;

const binsMethod = (id: string): BinsMethod => {
  const method = METHODS.find((m) => m.id === id);
  if (method?.needs !== 'bins') throw new Error(`${id} is no method over bins`);
  return method;
};
const distributionMethods = METHODS.flatMap((method): DistributionMethod[] => (method.needs === 'distribution' ? [method] : []));
const distributionMethod = (id: string): DistributionMethod => {
  const method = distributionMethods.find((m) => m.id === id);
  if (!method) throw new Error(`${id} is no method over distributions`);
  return method;
};
/** Those of the oracle's methods that the catalogue has. */
const known = <T extends { readonly method: string }>(cases: readonly T[]): T[] =>
  cases.filter(({ method }) => distributionMethods.some(({ id }) => id === method));

const normals = (random: () => number, n: number): Float64Array =>
  sortedValues(Array.from({ length: n }, () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())));

describe('quantiles of chi-square', () => {
  it.each(chiSquare)('equal scipy: $tail, $degrees degrees', ({ tail, degrees, value }) => {
    expect(Math.abs(chiSquareQuantile(tail, degrees) / value - 1)).toBeLessThan(1e-11);
  });

  it('exist inside the distribution only', () => {
    expect(() => chiSquareQuantile(0, 3)).toThrow('chiSquareQuantile requires a probability above 0 and below 1');
    expect(() => chiSquareQuantile(0.5, 0)).toThrow('chiSquareQuantile requires at least one degree of freedom');
  });
});

describe('rows dealt out anew', () => {
  it.each(hypergeometricCases)('land in a bin as often as scipy says: $marked of $total, $draws drawn', (known) => {
    const random = seededRandom(3);
    const seen = new Map<number, number>();
    const rounds = 5000;
    for (let i = 0; i < rounds; i += 1) {
      const marked = hypergeometric(known.marked, known.total, known.draws, random);
      seen.set(marked, (seen.get(marked) ?? 0) + 1);
    }
    known.probabilities.forEach((p, i) => {
      const deviation = Math.sqrt(rounds * p * (1 - p));
      expect(Math.abs((seen.get(known.from + i) ?? 0) - rounds * p)).toBeLessThanOrEqual(4.5 * deviation + 1);
    });
  });

  it('are all there afterwards, and as many as asked for', () => {
    const random = seededRandom(4);
    fc.assert(
      fc.property(fc.array(fc.nat(5000), { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (pooled, share) => {
        const total = pooled.reduce((sum, count) => sum + count, 0);
        const draws = Math.floor(total * share);
        const dealt = dealCounts(pooled, draws, random);
        expect(dealt.reduce((sum, count) => sum + count, 0)).toBe(draws);
        dealt.forEach((count, bin) => expect(count >= 0 && count <= (pooled[bin] ?? 0)).toBe(true));
      }),
    );
    const [first, second] = [new Float64Array(3), new Float64Array(4)];
    dealSorted(Float64Array.of(1, 2, 3, 4, 5, 6, 7), first, second, random);
    expect([...first, ...second].sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect([...first]).toEqual([...first].sort());
  });
});

describe('scores without drift', () => {
  const resampling = (seed: number, rounds = 4000) => ({ random: seededRandom(seed), rounds });
  const near = (tail: number, exact: number, rounds = 4000): void =>
    expect(Math.abs(tail - exact)).toBeLessThan(4.5 * Math.sqrt((exact * (1 - exact)) / rounds) + 2 / rounds);

  it('over few rows have the tail that going through every way to deal them gives: psi', () => {
    const law = noDriftLawOfCounts(binsMethod('psi'), counts, resampling(1));
    expect(law.law).toBe('permutation');
    counts.tails.forEach(({ score, tail }) => near(law.tail(score), tail));
  });

  it.each(known(samples))('over few values have the tail that every split gives: $method', ({ method, reference, current, tails }) => {
    const law = noDriftLawOfSamples(
      distributionMethod(method),
      { reference: sortedValues(reference), current: sortedValues(current) },
      resampling(2),
    );
    expect(law.law).toBe('permutation');
    tails.forEach(({ score, tail }) => near(law.tail(score), tail));
  });

  it.each(known(normal))('over many values reach what scipy reaches in simulation: $method, normal', ({ method, quantile }) => {
    const random = seededRandom(6);
    const [n, m] = [30_000, 20_000];
    const law = noDriftLawOfSamples(
      distributionMethod(method),
      { reference: normals(random, n), current: normals(random, m) },
      { random, rounds: 1000 },
    );
    expect(law.law).toBe('brownian_bridge');
    expect(law.critical(0.05) / (quantile * Math.sqrt(1 / n + 1 / m))).toBeCloseTo(1, 1);
  });

  it.each(known(exponential))('over many values reach what scipy reaches in simulation: $method, exponential', ({ method, quantile }) => {
    const random = seededRandom(7);
    const draw = (n: number) => sortedValues(Array.from({ length: n }, () => -Math.log(1 - random())));
    const samplesOfExponential = { reference: draw(30_000), current: draw(20_000) };
    const law = noDriftLawOfSamples(distributionMethod(method), samplesOfExponential, { random, rounds: 1000 });
    expect(law.critical(0.05) / (quantile * Math.sqrt(1 / 30_000 + 1 / 20_000))).toBeCloseTo(1, 1);
  });

  it('over bins cut at quantiles of the reference are dealt out with the cutting: few rows are judged at the level asked for', () => {
    const random = seededRandom(21);
    const rates = [0, 0];
    const rounds = 150;
    for (let i = 0; i < rounds; i += 1) {
      const [reference, current] = [normals(random, 50), normals(random, 50)];
      const cuts = cutsFor(DEFAULT_BINNING, reference, current);
      const binned = { reference: countBins(reference, cuts), current: countBins(current, cuts) };
      const { score } = binsMethod('psi').fromBins(binned.reference, binned.current);
      const dealing = { random, rounds: 199 };
      if (noDriftLawOfBinned(binsMethod('psi'), { reference, current }, dealing).tail(score) <= 0.05) rates[0] = (rates[0] ?? 0) + 1;
      if (noDriftLawOfCounts(binsMethod('psi'), binned, dealing).tail(score) <= 0.05) rates[1] = (rates[1] ?? 0) + 1;
    }
    expect(Math.abs((rates[0] ?? 0) / rounds - 0.05)).toBeLessThan(0.03);
    expect(rates[1]).toBeLessThan(rates[0] ?? 0);
  });

  it('over bins of many rows are those over counts', () => {
    const random = seededRandom(22);
    const pair = { reference: normals(random, 5000), current: normals(random, 3000) };
    const law = noDriftLawOfBinned(binsMethod('psi'), pair, { random });
    expect(law.law).toBe('chi_square');
    expect(law.critical(0.05)).toBeCloseTo((1 / 5000 + 1 / 3000) * 16.918977604620448, 12);
  });

  it('in deviations are those in units of the feature, divided', () => {
    const random = seededRandom(8);
    const pair = { reference: normals(random, 3000).map((v) => v * 5), current: normals(random, 2000).map((v) => v * 5) };
    const raw = noDriftLawOfSamples(distributionMethod('wasserstein'), pair, { random: seededRandom(1), rounds: 199 });
    const normalised = noDriftLawOfSamples(distributionMethod('wasserstein_normalised'), pair, { random: seededRandom(1), rounds: 199 });
    expect(raw.critical(0.05) / normalised.critical(0.05)).toBeCloseTo(5, 0);
  });

  it('by the chi-square form and by dealing out agree where both hold', () => {
    const pair = { reference: [400, 300, 200, 100], current: [210, 150, 90, 50] };
    for (const id of ['psi', 'jensen_shannon', 'hellinger', 'kullback_leibler', 'bhattacharyya']) {
      const method = METHODS.find((m) => m.id === id);
      if (method?.needs !== 'bins') continue;
      const closed = noDriftLawOfCounts(method, pair, resampling(5));
      const dealt = drawnLaw(
        'permutation',
        (() => {
          const random = seededRandom(9);
          const pooled = pair.reference.map((count, i) => count + (pair.current[i] ?? 0));
          return () => {
            const current = dealCounts(pooled, 500, random);
            return method.fromBins(
              pooled.map((count, i) => count - (current[i] ?? 0)),
              current,
            ).score;
          };
        })(),
        { rounds: 2000 },
      );
      expect(closed.law).toBe('chi_square');
      expect(Math.abs(closed.critical(0.05) / dealt.critical(0.05) - 1)).toBeLessThan(0.1);
      near(dealt.tail(closed.critical(0.05)), 0.05, 1000);
    }
  });

  it("of Hellinger's distance are as large as with few rows a bin, where the form alone makes 6.2 alarms of 100", () => {
    const random = seededRandom(15);
    const draw = (size: number): number[] => {
      const drawn = new Array<number>(25).fill(0);
      for (let i = 0; i < size; i += 1) {
        const at = Math.floor(random() < 0.95 ? random() * 5 : 5 + random() * 20);
        drawn[at] = (drawn[at] ?? 0) + 1;
      }
      return drawn;
    };
    const [method, rounds] = [binsMethod('hellinger'), 1000];
    let alarms = 0;
    for (let i = 0; i < rounds; i += 1) {
      const pair = { reference: draw(6000), current: draw(6000) };
      if (noDriftLawOfCounts(method, pair, { random, rounds: 39 }).tail(method.fromBins(pair.reference, pair.current).score) <= 0.05)
        alarms += 1;
    }
    expect(alarms / rounds).toBeGreaterThan(0.03);
    expect(alarms / rounds).toBeLessThan(0.065);
  });

  it('have a finite critical value also under rules that leave empty bins empty', () => {
    const pair = { reference: [400, 300, 20], current: [210, 150, 12] };
    const law = noDriftLawOfCounts(binsMethod('psi'), pair, { random: seededRandom(1), options: { zero: { kind: 'none' } } });
    expect([law.law, Number.isFinite(law.critical(0.05))]).toEqual(['chi_square', true]);
  });

  it('of Jensen-Shannon to base 2 are larger by the root of ln 2', () => {
    const pair = { reference: [400, 300], current: [210, 150] };
    const [e, two] = ([undefined, 2] as const).map((base) =>
      noDriftLawOfCounts(binsMethod('jensen_shannon'), pair, { random: seededRandom(1), ...(base && { options: { base } }) }).critical(
        0.05,
      ),
    );
    expect((e ?? 0) / (two ?? 0)).toBeCloseTo(Math.sqrt(Math.LN2), 12);
  });

  it('of Kolmogorov-Smirnov are its own p-value, and above the critical score significant', () => {
    const random = seededRandom(2);
    const [reference, current] = [normals(random, 90), normals(random, 70)];
    const law = noDriftLawOfSamples(distributionMethod('kolmogorov_smirnov'), { reference, current }, { random });
    const { score, pValue } = kolmogorovSmirnov(reference, current);
    expect(law.tail(score)).toBe(pValue);
    const critical = law.critical(0.05);
    expect(law.tail(critical + 1 / 630)).toBeLessThanOrEqual(0.05);
    expect(law.tail(critical - 1 / 630)).toBeGreaterThan(0.05);
  });

  it('call the same scores significant by tail and by critical value', () => {
    const random = seededRandom(12);
    const law = noDriftLawOfSamples(
      distributionMethod('wasserstein'),
      { reference: normals(random, 40), current: normals(random, 40) },
      resampling(3, 199),
    );
    for (let i = 0; i < 200; i += 1) {
      const { score } = wasserstein(normals(random, 40), normals(random, 40));
      expect(score > law.critical(0.05)).toBe(law.tail(score) <= 0.05);
    }
  });

  it('are the same for the same seed and never have a tail of zero', () => {
    const pair = { reference: [5, 3, 2], current: [3, 3, 1] };
    const [a, b] = [1, 1].map((seed) => noDriftLawOfCounts(binsMethod('psi'), pair, { random: seededRandom(seed), rounds: 99 }));
    expect(a?.critical(0.05)).toBe(b?.critical(0.05));
    expect(a?.tail(Infinity)).toBe(0.01);
    expect(a?.tail(0)).toBe(1);
  });

  it('shrink with the rows: fixed limits alarm on small samples that merely are small (Evidently finds PSI above 0.1 in 83 % of samples of 100 rows)', () => {
    const critical = (n: number): number =>
      noDriftLawOfCounts(
        binsMethod('psi'),
        { reference: new Array<number>(13).fill(400), current: new Array<number>(13).fill(n) },
        { random: seededRandom(1) },
      ).critical(0.05);
    expect(critical(4)).toBeGreaterThan(0.3);
    expect(critical(400)).toBeLessThan(0.01);
  });

  it('of a constant column are zero: nothing is significant', () => {
    const law = noDriftLawOfCounts(binsMethod('psi'), { reference: [50], current: [70] }, { random: seededRandom(1), rounds: 99 });
    expect(law.tail(psi([50], [70]).score)).toBe(1);
    const flat = { reference: new Float64Array(40).fill(3), current: new Float64Array(50).fill(3) };
    expect(noDriftLawOfSamples(distributionMethod('wasserstein'), flat, { random: seededRandom(1), rounds: 99 }).critical(0.05)).toBe(0);
  });

  it('refuse what cannot be judged', () => {
    const random = seededRandom(1);
    const wassersteinMethod = distributionMethod('wasserstein');
    expect(() => noDriftLawOfCounts(binsMethod('psi'), { reference: [1], current: [1, 2] }, { random })).toThrow('equally many bins');
    expect(() => noDriftLawOfCounts(binsMethod('psi'), { reference: [1.5, 2], current: [1, 2] }, { random })).toThrow(
      'noDriftLaw requires whole counts',
    );
    expect(() => noDriftLawOfSamples(wassersteinMethod, { reference: [2, 1], current: [1] }, { random })).toThrow(
      'noDriftLaw requires sorted, finite values',
    );
    expect(() => noDriftLawOfSamples(wassersteinMethod, { reference: [], current: [1] }, { random })).toThrow('at least one value');
    expect(() => drawnLaw('permutation', random, { rounds: 0 })).toThrow('noDriftLaw requires at least one round');
    expect(() => drawnLaw('permutation', random, { rounds: 9 }).critical(0.05)).toThrow(
      'noDriftLaw requires at least 1 / level − 1 rounds',
    );
    expect(() => drawnLaw('permutation', random, {}).critical(0)).toThrow('noDriftLaw requires a level between 0 and 1');
  });
});

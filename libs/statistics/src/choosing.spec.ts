import { describe, expect, it } from '@jest/globals';
import { cutsFor, DEFAULT_BINNING } from './binning/binning.js';
import { countBinsOfSorted } from './binning/histogram.js';
import { DEFAULT_METHODS } from './choosing.js';
import { noDriftLawOfCounts } from './judgement/no-drift-law-of-counts.js';
import { type Score } from './score.js';
import { methodById } from './methods.js';
import { evidentlyMethodOf } from './peers/evidently.js';
import { seededRandom } from './random.js';
import { sortedValues } from './sorted.js';

const normals = (seed: number, size: number, shift: number): Float64Array => {
  const random = seededRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Float64Array.from({ length: size }, () => shift + normal());
};
const REFERENCE = normals(1, 10_001, 0);
const CURRENT = sortedValues(normals(2, 600, 0.2));

/** The default scores of numbers with the first so many rows as reference. */
const scoresAt = (rows: number): ReadonlyMap<string, Score> => {
  const reference = sortedValues(REFERENCE.slice(0, rows));
  const cuts = cutsFor(DEFAULT_BINNING, reference, CURRENT);
  return new Map(
    DEFAULT_METHODS.numeric.map((id) => {
      const method = methodById(id);
      const score =
        method.needs === 'bins'
          ? method.fromBins(countBinsOfSorted(reference, cuts), countBinsOfSorted(CURRENT, cuts))
          : method.fromSorted(reference, CURRENT);
      return [id, score];
    }),
  );
};

describe('the choice of methods', () => {
  it.each([500, 1000, 10_000])('keeps every score where it was when one row is added to %i', (rows) => {
    const [before, after] = [scoresAt(rows), scoresAt(rows + 1)];
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [id, { score, pValue }] of before) {
      expect(Math.abs((after.get(id)?.score ?? NaN) - score)).toBeLessThan(0.005);
      if (pValue !== undefined) expect(Math.abs(Math.log((after.get(id)?.pValue ?? NaN) / pValue))).toBeLessThan(0.25);
    }
  });

  it('has no cliff where Evidently has one', () => {
    const at = (rows: number) => ({
      reference: { kind: 'numeric' as const, sorted: sortedValues(REFERENCE.slice(0, rows)), missing: 0 },
      current: { kind: 'numeric' as const, sorted: CURRENT, missing: 0 },
    });
    expect(evidentlyMethodOf('numerical', at(1000))).not.toBe(evidentlyMethodOf('numerical', at(1001)));
    expect([...scoresAt(1000).keys()]).toEqual([...scoresAt(1001).keys()]);
  });

  it('has no cliff where the law of a score changes from resampling to a closed form', () => {
    const method = methodById('psi');
    if (method.needs !== 'bins') throw new Error('psi is over bins');
    // The closed form begins at ten expected rows in every bin of the smaller sample. Without the sizes, both limits are of one χ².
    const limitAt = (perBin: number): { law: string; limit: number } => {
      const [reference, current] = [new Array<number>(10).fill(1000), new Array<number>(10).fill(perBin)];
      const law = noDriftLawOfCounts(method, { reference, current }, { random: seededRandom(3), rounds: 4000 });
      return { law: law.law, limit: law.critical(0.05) / (1 / 10_000 + 1 / (10 * perBin)) };
    };
    const [below, above] = [limitAt(9), limitAt(11)];
    expect([below.law, above.law]).toEqual(['permutation', 'chi_square']);
    expect(Math.abs(below.limit / above.limit - 1)).toBeLessThan(0.1);
  });

  it('says with every score how it was made', () => {
    const scores = scoresAt(500);
    expect(scores.get('psi')?.parameters).toEqual({ bins: 10, zero: 'add:0.5' });
    expect(scores.get('kolmogorov_smirnov')?.parameters).toMatchObject({ alternative: 'two-sided', tail: 'exact' });
  });
});

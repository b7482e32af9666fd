import { type Score } from '../score.js';
import { deviance } from '../special/deviance.js';
import { chiSquareTail } from '../special/regularised-gamma.js';
import { compensatedSum } from '../summation.js';
import { momentsOfCells } from './cell-moments.js';
import { type Contingency, type ContingencyOptions, contingencyOf, sumOfCells } from './contingency.js';
import { type SplitMoments, tailOfMoments } from './split-moments.js';

/** From this many expected in every cell on the chi-square distribution holds as it is. */
const EXPECTED_MIN = 10;

/** Moments of G over all tables with these margins. Undefined where they are not needed (enough expected everywhere) and where counts are no counts of rows. */
const momentsOf = ({ rows: [reference, current], degrees, size }: Contingency): SplitMoments | undefined => {
  const enough = [...reference.expected, ...current.expected].every((expected) => expected >= EXPECTED_MIN);
  if (degrees < 2 || enough || ![...reference.observed, ...current.observed].every((count) => Number.isSafeInteger(count)))
    return undefined;
  const totals = reference.observed.map((count, i) => count + (current.observed[i] ?? 0));
  const [n, m] = [compensatedSum(reference.observed), compensatedSum(current.observed)];
  const share = n / size;
  return momentsOfCells(totals, [n, m], (x, total) => 2 * (deviance(x, total * share) + deviance(total - x, total * (1 - share))));
};

/**
 * G-test (likelihood ratio) of homogeneity: do both rows of counts come from one distribution over the categories?
 *
 * On the contingency table, so the samples may differ in size. Score = 2 Σ observed · ln(observed / expected) over both rows, taken as
 * 2 Σ (o ln(o/e) + e − o), the same sum without cancellation; 0 for equal shares, unbounded, symmetric, near the chi-square score for small
 * differences: `scipy.stats.chi2_contingency([reference, current], lambda_='log-likelihood')` with its default, Yates' correction with two
 * categories. Categories empty on both sides are left out; a single category scores 0 with p = 1; `other` counts rare categories as one.
 *
 * p-value from the chi-square distribution with categories − 1 degrees of freedom, as scipy where at least ten are expected in every cell.
 * Where fewer are, G is larger than that distribution says (Larntz, JASA 73 (1978), 253): ten equal categories of 50 rows a side raise 8
 * false alarms of 100 at the level 0.05, twenty of which most are rare 15. Divided by its mean it would still raise 8 of 100 with rare words at
 * 1,000 rows beside 50, and hardly any at 200 a side. There the p-value is from the gamma distribution, shifted and scaled, that has
 * mean, variance and skewness of the score over all tables with these margins, the parameters `mean` (exact), `variance` and `skewness`
 * (`momentsOfCells`); more than two categories and whole counts only. Measured 4.0 to 5.7 alarms of 100.
 * O(categories · √count), O(categories · log categories) more with `other`.
 * Source: Wilks, Annals of Mathematical Statistics 6 (1935), 190; Holst, Biometrika 59 (1972), 137 for the moments.
 * Oracle: oracles/g-test.json (scipy, tolerance 1e-10 relative; the mean by enumeration of all tables).
 * @param reference counts per category
 * @param current counts per category, same categories in the same order
 * @throws StatisticsError `gTest requires equally many bins` | `… at least one bin` | `… finite, non-negative counts`
 * @example gTest([50, 30, 20], [60, 30, 10]).pValue // 0.1160…
 */
export const gTest = (reference: readonly number[], current: readonly number[], options: ContingencyOptions = {}): Score => {
  const table = contingencyOf('gTest', { reference, current }, options);
  const { rows, degrees } = table;
  const yates = degrees === 1;
  const part = (observed: number, expected: number): number => {
    const excess = observed - expected;
    return deviance(yates ? observed - Math.sign(excess) * Math.min(0.5, Math.abs(excess)) : observed, expected);
  };
  const score = degrees === 0 ? 0 : 2 * (sumOfCells(rows[0], part) + sumOfCells(rows[1], part));
  const parameters = { ...table.parameters, degrees };
  const moments = momentsOf(table);
  if (moments) return { score, pValue: tailOfMoments(score, moments), parameters: { ...parameters, correction: 'moments', ...moments } };
  const pValue = degrees === 0 ? 1 : chiSquareTail(score, degrees);
  return { score, pValue, parameters: { ...parameters, correction: yates ? 'yates' : 'none' } };
};

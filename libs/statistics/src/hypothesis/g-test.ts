import { type Score } from '../score.js';
import { deviance } from '../special/deviance.js';
import { hypergeometricMean } from '../special/hypergeometric-mean.js';
import { chiSquareTail } from '../special/regularised-gamma.js';
import { compensatedSum } from '../summation.js';
import { type Contingency, type ContingencyOptions, contingencyOf, sumOfCells } from './contingency.js';

/** From this many expected in every cell on the chi-square distribution holds as it is. */
const EXPECTED_MIN = 10;

/**
 * Mean of G over all tables with these margins: a category's count in the reference is then hypergeometric. O(Σ √count).
 * Undefined where it is not needed (enough expected everywhere) and where counts are no counts of rows.
 */
const exactMean = ({ rows: [reference, current], size }: Contingency): number | undefined => {
  const enough = [...reference.expected, ...current.expected].every((expected) => expected >= EXPECTED_MIN);
  if (enough || ![...reference.observed, ...current.observed].every((count) => Number.isSafeInteger(count))) return undefined;
  const drawn = compensatedSum(reference.observed);
  const means = reference.observed.map((count, i) => {
    const marked = count + (current.observed[i] ?? 0);
    const [ofReference, ofCurrent] = [reference.expected[i] ?? 0, current.expected[i] ?? 0];
    return hypergeometricMean({ size, marked, drawn }, (x) => deviance(x, ofReference) + deviance(marked - x, ofCurrent));
  });
  return 2 * compensatedSum(means);
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
 * false alarms of 100 at the level 0.05, twenty of which most are rare 15. The score is then first divided by its mean over all
 * tables with these margins, which is exact, and multiplied by the degrees of freedom, which is the mean of the distribution; whole counts
 * only. The mean is the parameter `mean`. Very many categories with hardly a row each make the p-value conservative.
 * O(categories · √count), O(categories · log categories) more with `other`.
 * Source: Wilks, Annals of Mathematical Statistics 6 (1935), 190; Lawley, Biometrika 43 (1956), 295 for the division by the mean.
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
  const mean = degrees > 1 ? exactMean(table) : undefined;
  const pValue = degrees === 0 ? 1 : chiSquareTail(mean === undefined ? score : (score * degrees) / mean, degrees);
  const correction = yates ? 'yates' : mean === undefined ? 'none' : 'mean';
  return { score, pValue, parameters: { ...table.parameters, degrees, correction, ...(mean !== undefined && { mean }) } };
};

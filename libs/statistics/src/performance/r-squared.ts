import { StatisticsError } from '../errors.js';
import { compensatedMean, compensatedSum } from '../summation.js';
import { type BandOptions, type BandedValue, influenceEstimate, levelOf, type Range } from './band.js';
import { lossesOf, requireNumbers } from './numbers.js';

const BELOW_ONE: Range = [-Infinity, 1];

/**
 * R², the share of the variance of the labels that the answers explain: 1 − Σ(label − answer)² / Σ(label − mean label)². 1 is perfect, 0 is as
 * good as always answering the mean, negative is worse.
 *
 * `sklearn.metrics.r2_score`. Band: delta method. Labels that are all equal have nothing to explain and are refused (scikit-learn says 0 or 1).
 * Smallest sample: two different labels. O(n). Oracle: oracles/performance-bands.json (error: complex-step derivatives by numpy).
 * @throws StatisticsError `rSquared requires labels that differ` | `rSquared requires as many answers as labels` | `rSquared requires finite values`
 * @example rSquared([3, 5, 7], [2, 5, 9]).value // 0.375
 */
export const rSquared = (truth: ArrayLike<number>, answers: ArrayLike<number>, options: BandOptions = {}): BandedValue => {
  requireNumbers('rSquared', truth, answers);
  const level = levelOf('rSquared', options);
  const mean = compensatedMean(truth);
  const missed = lossesOf(truth, answers, (value, answer) => (value - answer) ** 2);
  const spread = lossesOf(truth, answers, (value) => (value - mean) ** 2);
  const [unexplained, all] = [compensatedSum(missed) / truth.length, compensatedSum(spread) / truth.length];
  if (!(all > 0)) throw new StatisticsError('rSquared requires labels that differ');
  const ratio = unexplained / all;
  const influence = missed.map((miss, i) => (ratio * (spread[i] ?? 0) - miss) / all);
  return influenceEstimate(1 - ratio, influence, BELOW_ONE, level);
};

import { StatisticsError } from '../errors.js';
import { type Random } from '../random.js';
import { type Score } from '../score.js';
import { discrepancies, pairSums, pValueOfSplits, splitsOf } from '../splits.js';
import { medianSquaredDistance, type Points, squaredDistance } from './points.js';

/** Rounding of a score made of kernel means, which are at most 1. */
const ROUNDING = 1e-12;

/**
 * Squared, unbiased discrepancy of the first n points and the rest under a Gaussian kernel with 2σ² = median squared distance; p-value by splits.
 * @throws StatisticsError `<name> requires vectors whose squared distances are finite`
 */
export const discrepancyOfPoints = (
  name: string,
  points: Points & { readonly n: number },
  { random, splits }: { readonly random: Random; readonly splits: number },
): Score => {
  const { n } = points;
  const m = points.rows - n;
  const square = medianSquaredDistance(points, random);
  if (!Number.isFinite(square)) throw new StatisticsError(`${name} requires vectors whose squared distances are finite`);
  const parameters = { kernel: 'gaussian', bandwidth: Math.sqrt(square / 2), splits, usedReference: n, usedCurrent: m };
  if (square === 0) return { score: 0, pValue: 1, parameters };
  const fill = (i: number, into: Float64Array): void => {
    for (let j = 0; j < i; j += 1) into[j] = Math.exp(-squaredDistance(points, i, j) / square);
  };
  const scores = discrepancies(pairSums(points.rows, fill, splitsOf(n, m, random, splits)), n, m);
  return { score: scores[0] ?? NaN, pValue: pValueOfSplits(scores, ROUNDING), parameters };
};

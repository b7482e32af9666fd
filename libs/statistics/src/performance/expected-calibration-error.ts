import { StatisticsError } from '../errors.js';
import { CompensatedSum, compensatedSum } from '../summation.js';
import { type BandedValue, type BandOptions, levelOf, normalReach } from './band.js';
import { requireProbabilities } from './probabilities.js';

/** One bin of a reliability diagram. Bins without answers have no means and are left out. */
export type CalibrationBin = {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly meanProbability: number;
  readonly observedShare: number;
};

/** Bin i holds [i/bins, (i+1)/bins), the last one 1 as well. */
const binOf = (p: number, bins: number): number => Math.min(Math.floor(p * bins), bins - 1);

/**
 * Reliability diagram: answers in `bins` equal intervals [from, to) of the probability, the last one closed.
 * @throws StatisticsError `calibrationBins requires at least one bin` and as `requireProbabilities`
 */
export const calibrationBins = (truth: readonly boolean[], probabilities: ArrayLike<number>, bins = 10): CalibrationBin[] => {
  if (!Number.isInteger(bins) || bins < 1) throw new StatisticsError('calibrationBins requires at least one bin');
  requireProbabilities('calibrationBins', truth, probabilities);
  const groups = Array.from({ length: bins }, () => ({ probabilities: new Array<number>(), positives: 0 }));
  for (let i = 0; i < probabilities.length; i += 1) {
    const p = probabilities[i] ?? 0;
    const group = groups[binOf(p, bins)];
    group?.probabilities.push(p);
    if (group && truth[i] === true) group.positives += 1;
  }
  return groups.flatMap(({ probabilities: inside, positives }, i) => {
    const count = inside.length;
    if (count === 0) return [];
    return [
      { from: i / bins, to: (i + 1) / bins, count, meanProbability: compensatedSum(inside) / count, observedShare: positives / count },
    ];
  });
};

/**
 * Expected calibration error: how far probabilities lie from observed shares, averaged over the answers. 0 is calibrated, 1 the worst.
 *
 * Σ over bins of count/n · |mean probability − observed share|, with equal-width bins (ten unless said otherwise). Depends on the bins; with few
 * answers per bin it is biased upward. Source: Naeini, Cooper and Hauskrecht, AAAI 2015. O(n). Oracle: oracles/performance.json (numpy).
 * @throws StatisticsError as `calibrationBins`
 * @example expectedCalibrationError([true, false], [0.9, 0.2]) // 0.15
 */
export const expectedCalibrationError = (truth: readonly boolean[], probabilities: ArrayLike<number>, bins = 10): number => {
  const diagram = calibrationBins(truth, probabilities, bins);
  const gaps = diagram.map(({ count, meanProbability, observedShare }) => count * Math.abs(meanProbability - observedShare));
  return compensatedSum(gaps) / truth.length;
};

/** `bins`: how many equal-width bins; 10 unless said otherwise. */
export type CalibrationErrorOptions = BandOptions & { readonly bins?: number };

/**
 * Per bin the variance of the mean over all rows of (probability − label) inside the bin, as the rows show it, or as calibrated probabilities would
 * have it where that is more: a bin whose few rows happen to agree claims no certainty.
 */
const gapVariances = (truth: readonly boolean[], probabilities: ArrayLike<number>, bins: number): number[] => {
  const sums = Array.from({ length: bins }, () => ({
    gaps: new CompensatedSum(),
    squares: new CompensatedSum(),
    calibrated: new CompensatedSum(),
  }));
  truth.forEach((yes, i) => {
    const p = probabilities[i] ?? 0;
    const bin = sums[binOf(p, bins)];
    bin?.gaps.add(p - Number(yes));
    bin?.squares.add((p - Number(yes)) ** 2);
    bin?.calibrated.add(p * (1 - p));
  });
  const n = truth.length;
  return sums.map(({ gaps, squares, calibrated }) => Math.max(squares.value - gaps.value ** 2 / n, calibrated.value) / n ** 2);
};

/** Mean, variance and third central moment of the absolute value of a standard normal number. */
const FOLDED = { mean: Math.sqrt(2 / Math.PI), variance: 1 - 2 / Math.PI, third: Math.sqrt(2 / Math.PI) * (4 / Math.PI - 1) };

/** The value that the sum of |normal numbers| with these variances exceeds with the probability of a normal number exceeding `reach`; Cornish and Fisher. */
const foldedReach = (variances: readonly number[], reach: number): number => {
  const variance = FOLDED.variance * compensatedSum(variances);
  const skewness = (FOLDED.third * compensatedSum(variances, (each) => each ** 1.5)) / variance ** 1.5;
  return FOLDED.mean * compensatedSum(variances, Math.sqrt) + Math.sqrt(variance) * (reach + (skewness * (reach ** 2 - 1)) / 6);
};

/**
 * The expected calibration error with a band for that of all answers from which these are a sample, over the same bins.
 *
 * The error is the sum over bins of the absolute mean gap, so chance alone raises it: with calibrated probabilities it is never 0. The band knows. Up
 * it goes the normal reach of the summed variances of the gaps, since a convex sum can be too low only by what its tangent is; down it goes as far as
 * gaps of calibrated probabilities would add up to, since no bin can be raised by more. Both hold whatever the true gaps are: at 0.95 the band holds
 * the true error in 98 to 100 of a hundred samples (500 rows), and says 0 is possible where it is. Without a band where all probabilities are 0 or 1
 * and right. Smallest sample: one row, honest from some dozens with probabilities away from 0 and 1. O(n).
 * Source: own, from the triangle inequality, and Cornish and Fisher (1938) for the sum of folded normal numbers; bias of the estimate: Kumar, Liang and
 * Ma, NeurIPS 2019. Checked by coverage (coverage.int.spec.ts). Oracle: oracles/performance-bands.json (numpy).
 * @throws StatisticsError as `calibrationBins` | `expectedCalibrationError requires a level between 0 and 1`
 * @example expectedCalibrationErrorEstimate([true, false], [0.9, 0.2]).value // 0.15
 */
export const expectedCalibrationErrorEstimate = (
  truth: readonly boolean[],
  probabilities: ArrayLike<number>,
  options: CalibrationErrorOptions = {},
): BandedValue => {
  const { bins = 10 } = options;
  const level = levelOf('expectedCalibrationError', options);
  const value = expectedCalibrationError(truth, probabilities, bins);
  const variances = gapVariances(truth, probabilities, bins);
  const error = Math.sqrt(compensatedSum(variances));
  if (!(error > 0)) return { value };
  const reach = normalReach(level);
  const [lower, upper] = [Math.max(value - foldedReach(variances, reach), 0), Math.min(value + reach * error, 1)];
  return { value, band: { lower, upper, level, by: 'folded' } };
};

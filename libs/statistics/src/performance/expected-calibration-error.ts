import { StatisticsError } from '../errors.js';
import { compensatedSum } from '../summation.js';
import { requireProbabilities } from './probabilities.js';

/** One bin of a reliability diagram. Bins without answers have no means and are left out. */
export type CalibrationBin = {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly meanProbability: number;
  readonly observedShare: number;
};

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
    const group = groups[Math.min(Math.floor(p * bins), bins - 1)];
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

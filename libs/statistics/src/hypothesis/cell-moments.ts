import { binomialProbability } from '../special/binomial.js';
import { hypergeometricMean } from '../special/hypergeometric-mean.js';
import { compensatedSum, CompensatedSum } from '../summation.js';
import { type SplitMoments } from './split-moments.js';

/** What a category of `total` rows adds to a score when `x` of them are in the reference. */
type Cell = (x: number, total: number) => number;

/** Numbers less likely than this against the likeliest add nothing. */
const NEGLIGIBLE = 1e-18;

/** A number of successes: how likely it is, how far from the expected one, and what its category then adds to the score. */
type Outcome = { readonly probability: number; readonly apart: number; readonly adds: number };

/** Outcomes of one category, from the likeliest number of rows in the reference outwards: O(√total). */
const outcomesOf = (total: number, share: number, cell: Cell): Outcome[] => {
  const outcomes: Outcome[] = [];
  const mode = Math.min(Math.floor((total + 1) * share), total);
  const likeliest = binomialProbability(mode, total, share);
  const note = (x: number, probability: number): number => outcomes.push({ probability, apart: x - total * share, adds: cell(x, total) });
  note(mode, likeliest);
  const odds = share / (1 - share);
  for (let [x, p] = [mode, likeliest]; x < total && p > NEGLIGIBLE * likeliest; x += 1) {
    p *= ((total - x) / (x + 1)) * odds;
    note(x + 1, p);
  }
  for (let [x, p] = [mode, likeliest]; x > 0 && p > NEGLIGIBLE * likeliest; x -= 1) {
    p *= x / ((total - x + 1) * odds);
    note(x - 1, p);
  }
  return outcomes;
};

/** Mean over all tables with these margins, exact: how many rows of a category are in the reference is hypergeometric. O(Σ √total). */
export const meanOfCells = (totals: readonly number[], [n, m]: readonly [number, number], cell: Cell): number =>
  compensatedSum(totals, (marked) => hypergeometricMean({ size: n + m, marked, drawn: n }, (x) => cell(x, marked)));

/**
 * Mean, variance and skewness of a score that is a sum over categories, over all tables with these margins. O(Σ √total).
 *
 * The mean is exact. For the others the rows of each category fall to the reference one by one with probability n/(n + m), and the condition that n do
 * takes off what the sum shares with their number: its linear part, which is constant, and that many times a chi-square variable of one degree
 * as it has in common with the square of the number. Exact for large samples (Holst), and in the spec within 6 % of enumerated
 * variances of 15 to 20 rows, 2 % of 40.
 * Source: Holst, Biometrika 59 (1972), 137-145 (sums over categories under the condition of their total).
 */
export const momentsOfCells = (totals: readonly number[], sizes: readonly [number, number], cell: Cell): SplitMoments => {
  const share = sizes[0] / (sizes[0] + sizes[1]);
  const spread = share * (1 - share) * compensatedSum(totals);
  const cells = totals.map((total) => {
    const outcomes = outcomesOf(total, share, cell);
    const [mean, linear] = [new CompensatedSum(), new CompensatedSum()];
    for (const { probability, apart, adds } of outcomes) {
      mean.add(probability * adds);
      linear.add(probability * apart * adds);
    }
    return { outcomes, mean: mean.value, linear: linear.value };
  });
  const slope = cells.reduce((sum, { linear }) => sum + linear, 0) / spread;
  const [squares, cubes, curved] = [new CompensatedSum(), new CompensatedSum(), new CompensatedSum()];
  for (const { outcomes, mean } of cells)
    for (const { probability, apart, adds } of outcomes) {
      const rest = adds - mean - slope * apart;
      squares.add(probability * rest ** 2);
      cubes.add(probability * rest ** 3);
      curved.add(probability * rest * apart ** 2);
    }
  const common = curved.value / (2 * spread);
  const mean = meanOfCells(totals, sizes, cell);
  const variance = squares.value - 2 * common ** 2;
  if (!(variance > 1e-9 * mean ** 2)) return { mean, variance: 0, skewness: 0 };
  return { mean, variance, skewness: (cubes.value - 8 * common ** 3) / variance ** 1.5 };
};

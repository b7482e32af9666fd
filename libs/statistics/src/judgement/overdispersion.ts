import { StatisticsError } from '../errors.js';
import { fTail } from '../special/f-distribution.js';

/** How much windows without drift differ, and how well that is known. */
export type Overdispersion = {
  /**
   * Pearson's statistic per degree of freedom: 1 for independent rows, more where rows resemble their neighbours or days wander, less only
   * as far as the windows prove it. Never 0.
   */
  readonly dispersion: number;
  /** Bins that move independently, from 1 (all windows wander in one direction) to the number of bins less one (independent rows). */
  readonly effectiveDegrees: number;
  /** Independent comparisons between windows behind both. */
  readonly contrasts: number;
};

type Window = readonly number[];
type Vector = readonly number[];

/** Among pairs of contrasts, one further out than so many medians counts as that far. */
const FURTHEST = 3;
/** Pairs of contrasts that weigh as much as the supposition that all bins vary alike. */
const SUPPOSED = 15;
/** So many standard errors of the dispersion count as chance. */
const BY_CHANCE = 2;
/** How many contrasts a mean would need to be as sure as the median of so many is: a median of two is their mean. */
const usedByMedian = (contrasts: number): number => Math.max(Math.min(contrasts, 2), (2 / Math.PI) * contrasts);

const total = (counts: Window): number => counts.reduce((sum, count) => sum + count, 0);
const dot = (a: Vector, b: Vector): number => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
const clamped = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** Each window against the sum of those before it, in deviations of independent rows: an orthogonal partition of Pearson's statistic. */
const contrastsOf = (windows: readonly Window[], bins: number): Vector[] => {
  const kept = windows.filter((window) => total(window) > 0);
  const sums = Array.from({ length: bins }, (_, bin) => kept.reduce((sum, window) => sum + (window[bin] ?? 0), 0));
  const all = total(sums);
  const used = sums.filter((sum) => sum > 0).length;
  if (used < 2) return [];
  // Bins that are empty on these days cannot vary: the others stand for them.
  const scale = Math.sqrt((bins - 1) / (used - 1));
  const before = sums.map(() => 0);
  const found: Vector[] = [];
  kept.forEach((window, at) => {
    const [n, m] = [total(window), total(before)];
    if (at > 0) {
      const size = scale * Math.sqrt((n * m) / (n + m));
      found.push(
        sums.map((sum, bin) => (sum === 0 ? 0 : (size * ((window[bin] ?? 0) / n - (before[bin] ?? 0) / m)) / Math.sqrt(sum / all))),
      );
    }
    window.forEach((count, bin) => (before[bin] = (before[bin] ?? 0) + count));
  });
  return found;
};

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) / 2;
};

/** Median of a χ² variable over its degrees of freedom (Wilson and Hilferty, Proceedings of the National Academy of Sciences 17, 1931). */
const medianOfChiSquare = (degrees: number): number => (1 - 2 / (9 * degrees)) ** 3;

/**
 * tr Σ² / (tr Σ)²: 1 for a single direction, 1/degrees for all alike. From pairs of contrasts, which makes it unbiased, and a standard error
 * more, because a direction that was overlooked raises false alarms. Few pairs say little: then it stays near all alike.
 */
const concentrationOf = (contrasts: readonly Vector[], degrees: number): number => {
  const k = contrasts.length;
  const pairs = (k * (k - 1)) / 2;
  const lengths = contrasts.map((contrast) => Math.sqrt(dot(contrast, contrast)));
  const far = FURTHEST * median(lengths);
  const weights = lengths.map((length) => (far > 0 && length > far ? far / length : 1));
  const trace = lengths.reduce((sum, length, i) => sum + ((weights[i] ?? 1) * length) ** 2, 0) / k;
  let second = 0;
  contrasts.forEach((a, i) => {
    for (let j = 0; j < i; j += 1) second += ((weights[i] ?? 1) * (weights[j] ?? 1) * dot(a, contrasts[j] ?? [])) ** 2 / pairs;
  });
  const squared = Math.max(trace ** 2 - (2 / k) * second, Number.MIN_VALUE);
  const alike = 1 / degrees;
  const doubted = clamped(second / squared, 0, 1) + (pairs === 0 ? 0 : Math.sqrt(2 / pairs) / degrees);
  return clamped(alike + (pairs / (pairs + SUPPOSED)) * (doubted - alike), alike, 1);
};

/**
 * Of all covariances with this concentration the one whose far tail is heaviest has one larger eigenvalue and all others alike. None is
 * smaller than that of independent rows, so the larger one has no more than what is left of `most`, the most that the dispersion can be. By
 * three cumulants that tail is the one of a χ² with (tr Σ²)³ / (tr Σ³)² degrees of freedom.
 */
const effectiveDegreesOf = (concentration: number, degrees: number, most: number): number => {
  if (degrees === 1) return 1;
  const room = 1 - (degrees - 1) / (degrees * Math.max(most, 1));
  const largest = Math.min((1 + Math.sqrt((degrees - 1) * Math.max(degrees * concentration - 1, 0))) / degrees, room);
  const other = (1 - largest) / (degrees - 1);
  const [squares, cubes] = [largest ** 2 + (degrees - 1) * other ** 2, largest ** 3 + (degrees - 1) * other ** 3];
  return clamped(squares ** 3 / cubes ** 2, 1, degrees);
};

/** The dispersion as it is estimated, and what is known of it, as the law of the next window. */
const lawOf = (estimate: number, concentration: number, { degrees, contrasts }: { degrees: number; contrasts: number }): Overdispersion => {
  const most = estimate + BY_CHANCE * Math.sqrt(2 / (usedByMedian(contrasts) * degrees));
  return {
    dispersion: Math.max(estimate, Math.min(most, 1)),
    effectiveDegrees: effectiveDegreesOf(concentration, degrees, most),
    contrasts,
  };
};

/**
 * How windows of one kind differ among themselves beyond the noise of independent rows.
 *
 * Windows come in groups (the Mondays, the Tuesdays, …); within a group each is compared with the sum of those before it. The dispersion is
 * the median square of these contrasts per bin over what it is for a χ² variable: one odd window must not hide the next. Schedules vary
 * less than independent rows; that they do is believed as far as two standard errors prove it, so that rare events of which a few windows
 * happen to have equally many are not taken for a schedule. With Σ the covariance of the contrasts, the statistic of a new window is a sum of χ² variables weighted by the eigenvalues of Σ. Rows that resemble
 * their neighbours and days that wander concentrate it in few directions, and its far tail is then much heavier than that of a χ² with one
 * degree of freedom per bin. `effectiveDegrees` is the χ² of the heaviest far tail that this concentration allows.
 *
 * Scale: counts of rows. Concentration needs pairs of contrasts: from four windows little of it is seen, from four weeks of days nearly all.
 * Smallest sample: two windows with rows in one group. Cost: O(contrasts² · bins).
 * Sources: McCullagh and Nelder, Generalized Linear Models (1989), 4.5 (dispersion); Irwin, Biometrika 36 (1949) (partition of the statistic);
 * Hall, J. Royal Statistical Society B 45 (1983), and Buckley and Eagleson, Australian J. Statistics 30 (1988) (three cumulants).
 * @throws StatisticsError `overdispersion requires counts over the same bins, at least two` | `… two windows with rows in a group`
 * @example overdispersion([[[50, 50], [50, 50]]]) // { dispersion: 1, effectiveDegrees: 1, contrasts: 1 }
 */
export const overdispersion = (groups: readonly (readonly Window[])[]): Overdispersion => {
  const bins = groups[0]?.[0]?.length ?? 0;
  if (bins < 2 || groups.some((group) => group.some((window) => window.length !== bins)))
    throw new StatisticsError('overdispersion requires counts over the same bins, at least two');
  const found = groups.flatMap((group) => contrastsOf(group, bins));
  const k = found.length;
  const degrees = bins - 1;
  const further = groups.reduce((sum, group) => sum + Math.max(group.filter((window) => total(window) > 0).length - 1, 0), 0);
  if (further === 0) throw new StatisticsError('overdispersion requires two windows with rows in a group');
  // All rows of all windows are in one bin: they do not vary.
  if (k === 0) return lawOf(0, 1 / degrees, { degrees, contrasts: further });
  const concentration = concentrationOf(found, degrees);
  const middle = median(found.map((contrast) => dot(contrast, contrast)));
  // The median of two is their mean.
  const centre = k > 2 ? medianOfChiSquare(1 / concentration) : 1;
  return lawOf(middle / (degrees * centre), concentration, { degrees, contrasts: k });
};

/**
 * Probability that a window without drift lies at least as far from the others as Pearson's `statistic` says: F with the effective degrees h
 * and (contrasts · 2/π · h), two contrasts or one in full, because the dispersion is estimated, by a median.
 * @throws StatisticsError `overdispersedTail requires a statistic of at least 0` | `… a dispersion above 0`
 * @example overdispersedTail(0, 9, { dispersion: 1, effectiveDegrees: 9, contrasts: 3 }) // 1
 */
export const overdispersedTail = (statistic: number, degrees: number, of: Overdispersion): number => {
  if (!(statistic >= 0)) throw new StatisticsError('overdispersedTail requires a statistic of at least 0');
  if (!(of.dispersion > 0)) throw new StatisticsError('overdispersedTail requires a dispersion above 0');
  return fTail(statistic / (degrees * of.dispersion), of.effectiveDegrees, usedByMedian(of.contrasts) * of.effectiveDegrees);
};

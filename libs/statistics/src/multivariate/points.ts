import { StatisticsError } from '../errors.js';
import { type Random } from '../random.js';
import { quantileOfSorted, sortedValues } from '../sorted.js';
import { takenPlaces } from '../splits.js';
import { compensatedMean, populationDeviation } from '../summation.js';
import { type Pooled } from './table.js';

/** Rows as points: `dimension` coordinates each in `numbers`, and `words` codes each in `codes`, both row by row. */
export type Points = {
  readonly rows: number;
  readonly dimension: number;
  readonly numbers: Float64Array;
  readonly words: number;
  readonly codes: Int32Array;
};

/** Rows from which the median distance is taken at most: half a million pairs. */
const MEDIAN_OF = 1000;

/** A column less its mean, in its deviations; a missing value is the median. All equal: all 0. */
const standardised = (name: string, values: Float64Array): Float64Array => {
  const present = sortedValues(values.filter((value) => !Number.isNaN(value)));
  const median = quantileOfSorted(present, 0.5);
  const filled = values.map((value) => (Number.isNaN(value) ? median : value));
  if (present[0] === present[present.length - 1]) return filled.fill(0);
  const [mean, deviation] = [compensatedMean(filled), populationDeviation(filled)];
  const inDeviations = filled.map((value) => (value - mean) / deviation);
  if (!inDeviations.every(Number.isFinite)) throw new StatisticsError(`${name} requires columns whose mean and variance fit a double`);
  return inDeviations;
};

/**
 * Pooled rows as points whose columns weigh alike. A number counts in deviations of the pooled column, a missing one as the median there; two
 * different words are √2 apart, as two of their one-hot vectors are (and as two independent numbers on average), and missing is a word too. Everything is
 * taken from the pooled rows: what was fitted to the reference alone would tell the samples apart where nothing drifted.
 * @throws StatisticsError `<name> requires columns whose mean and variance fit a double`
 */
export const pointsOf = (name: string, { n, m, columns }: Pooled): Points => {
  const rows = n + m;
  const numeric = columns.flatMap((column) => (column.kind === 'numeric' ? [standardised(name, column.values)] : []));
  const categorical = columns.flatMap((column) => (column.kind === 'categorical' ? [column.codes] : []));
  const [numbers, codes] = [new Float64Array(rows * numeric.length), new Int32Array(rows * categorical.length)];
  numeric.forEach((values, at) => values.forEach((value, row) => (numbers[row * numeric.length + at] = value)));
  categorical.forEach((values, at) => values.forEach((code, row) => (codes[row * categorical.length + at] = code)));
  return { rows, dimension: numeric.length, numbers, words: categorical.length, codes };
};

/** Squared Euclidean distance of two points; a word that differs adds 2. */
export const squaredDistance = ({ dimension, numbers, words, codes }: Points, i: number, j: number): number => {
  let square = 0;
  for (let k = 0, a = i * dimension, b = j * dimension; k < dimension; k += 1, a += 1, b += 1) {
    const difference = (numbers[a] ?? 0) - (numbers[b] ?? 0);
    square += difference * difference;
  }
  for (let k = 0, a = i * words, b = j * words; k < words; k += 1, a += 1, b += 1) if (codes[a] !== codes[b]) square += 2;
  return square;
};

/**
 * Median of the squared distances of all pairs of points, and where more than half of the pairs are equal points, of the pairs that differ; 0 when all
 * are equal. Of more than 1,000 points that many are taken at random. O(1,000² · dimension), 4 MB.
 */
export const medianSquaredDistance = (points: Points, random: Random): number => {
  const places = takenPlaces(points.rows, MEDIAN_OF, random);
  const squares = new Float64Array((places.length * (places.length - 1)) / 2);
  let at = 0;
  places.forEach((place, i) => {
    for (let j = 0; j < i; j += 1) squares[at++] = squaredDistance(points, place, places[j] ?? 0);
  });
  const sorted = sortedValues(squares);
  const median = quantileOfSorted(sorted, 0.5);
  if (median > 0) return median;
  const positive = sorted.filter((square) => square > 0);
  return positive.length === 0 ? 0 : quantileOfSorted(positive, 0.5);
};

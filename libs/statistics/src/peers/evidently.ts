import { alignCategories } from '../binning/categories.js';
import { countBinsOfSorted } from '../binning/histogram.js';
import { areWhole, innerEdges } from '../binning/linspace.js';
import { sturgesBins } from '../binning/sturges.js';
import { jensenShannon } from '../distance/jensen-shannon.js';
import { wasserstein } from '../distance/wasserstein.js';
import { kolmogorovSmirnov } from '../hypothesis/kolmogorov-smirnov.js';
import { sortedValues } from '../sorted.js';
import { chiSquareTail, normalTail } from '../special/regularised-gamma.js';
import { compensatedSum, populationDeviation } from '../summation.js';
import { distinctOfSorted, numbersOf, type PeerColumn, type PeerColumns, type PeerScore, valueCounts } from './peer.js';

/** Names Evidently 0.7 gives its methods; those reproduced here. */
export const EVIDENTLY_METHODS = ['ks', 'wasserstein', 'chisquare', 'z', 'jensenshannon', 'psi', 'kl_div', 'hellinger'] as const;
export type EvidentlyMethod = (typeof EVIDENTLY_METHODS)[number];

/** What Evidently takes a column for. `text` goes to a classifier that is not reproduced, `unknown` is left out of its reports. */
export type EvidentlyType = 'numerical' | 'categorical' | 'text' | 'unknown';

/** Largest reference, in rows, that the tests of significance are used for; one row more, and distances are. */
const TESTS_UP_TO = 1000;
/** Whole numbers with at most so many different values are categories. */
const CODES_UP_TO = 10;
const FEW_VALUES = 5;
/** A numeric reference with at most so many different values is compared value by value, not in bins. */
const VALUES_UP_TO = 20;

/** Whether a data frame holds integers: it cannot when a value is missing. A file that writes 5.0 for 5 would be floating there; here it is not. */
const isInteger = (column: PeerColumn): boolean => column.kind === 'numeric' && column.missing === 0 && areWhole(column.sorted);

const isBoolean = (values: readonly string[]): boolean => values.every((value) => /^(true|false)$/i.test(value));

/**
 * What Evidently 0.7.23 infers of a column read by pandas 2: it looks at the current side only. Whole numbers with at most ten values are
 * categories, words that differ in more than half of the rows are text, booleans with gaps are nothing.
 */
export const evidentlyType = (current: PeerColumn): EvidentlyType => {
  if (current.kind === 'numeric') {
    return isInteger(current) && distinctOfSorted(current.sorted) <= CODES_UP_TO ? 'categorical' : 'numerical';
  }
  if (isBoolean(current.values)) return current.missing === 0 ? 'categorical' : 'unknown';
  return new Set(current.values).size > current.values.length * 0.5 ? 'text' : 'categorical';
};

const distinctValues = ({ reference, current }: PeerColumns): number =>
  alignCategories(valueCounts('evidently', reference), valueCounts('evidently', current)).categories.length;

const sizeOf = (column: PeerColumn): number => (column.kind === 'numeric' ? column.sorted.length : column.values.length);

/**
 * The method Evidently 0.7.23 picks for a column: by the rows of the reference without missing ones (at most 1,000, or more) and by the
 * number of different values on both sides. Between 1,000 and 1,001 rows method, direction and unit of the number change.
 * @throws StatisticsError `evidently requires at least one value in each sample`
 */
export const evidentlyMethodOf = (type: 'numerical' | 'categorical', columns: PeerColumns): EvidentlyMethod => {
  const distinct = distinctValues(columns);
  const isNumerical = type === 'numerical' && distinct > FEW_VALUES;
  if (sizeOf(columns.reference) > TESTS_UP_TO) return isNumerical ? 'wasserstein' : 'jensenshannon';
  if (isNumerical) return 'ks';
  return distinct > 2 ? 'chisquare' : 'z';
};

/** Evidently's limit for a method when none is given: 0.05 on a p-value, 0.1 on a distance. */
export const evidentlyThreshold = (method: EvidentlyMethod): number => (['ks', 'chisquare', 'z'].includes(method) ? 0.05 : 0.1);

const pValue = (score: number, parameters: PeerScore['parameters'] = {}): PeerScore => ({
  score,
  direction: 'drift when small',
  parameters,
});
const distance = (score: number, parameters: PeerScore['parameters'] = {}): PeerScore => ({
  score,
  direction: 'drift when large',
  parameters,
});

/** Goodness of fit of the current counts to the reference's, scaled: `scipy.stats.chisquare(current, reference · n/m)`. */
const chiSquareOneSample = (columns: PeerColumns): PeerScore => {
  const { reference, current } = countsPerValue('evidently chisquare', columns);
  const scale = compensatedSum(current) / compensatedSum(reference);
  const terms = current.map((count, i) => (count - (reference[i] ?? 0) * scale) ** 2 / ((reference[i] ?? 0) * scale));
  return pValue(chiSquareTail(compensatedSum(terms), current.length - 1), { categories: current.length, form: 'one sample' });
};

/** Pooled two-proportion test on the share that is not the first value in order. The tail is 1 − Φ(|z|), digits lost as there. */
const proportions = (columns: PeerColumns): PeerScore => {
  const { reference, current } = countsPerValue('evidently z', columns);
  if (reference.length === 1) return pValue(1, { categories: 1 });
  const [n, m] = [compensatedSum(reference), compensatedSum(current)];
  const [p, q] = [1 - (reference[0] ?? 0) / n, 1 - (current[0] ?? 0) / m];
  const pooled = (p * n + q * m) / (n + m);
  const z = (p - q) / Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
  return pValue(2 * (1 - (1 - normalTail(Math.abs(z)))), { categories: 2 });
};

type Counts = { readonly reference: readonly number[]; readonly current: readonly number[]; readonly binning: string };

const countsPerValue = (name: string, { reference, current }: PeerColumns): Counts => ({
  ...alignCategories(valueCounts(name, reference), valueCounts(name, current)),
  binning: 'values',
});

/** Sturges' bins between the ends of both samples, for so many values as `size` says. */
const countsInBins = (name: string, columns: PeerColumns, size: number): Counts => {
  const [a, b] = [numbersOf(name, columns.reference), numbersOf(name, columns.current)];
  const low = Math.min(a[0] ?? NaN, b[0] ?? NaN);
  const high = Math.max(a[a.length - 1] ?? NaN, b[b.length - 1] ?? NaN);
  const whole = isInteger(columns.reference) && isInteger(columns.current);
  const cuts = innerEdges(low, high, sturgesBins(low, high, size, whole));
  return { reference: countBinsOfSorted(a, cuts), current: countBinsOfSorted(b, cuts), binning: 'sturges' };
};

/** Evidently's bins: Sturges on both samples together when the reference has more than twenty values, else one per value. */
const binned = (name: string, type: EvidentlyType, columns: PeerColumns): Counts => {
  const { reference, current } = columns;
  if (type !== 'numerical' || reference.kind !== 'numeric' || distinctOfSorted(reference.sorted) <= VALUES_UP_TO) {
    return countsPerValue(name, columns);
  }
  return countsInBins(name, columns, sizeOf(reference) + sizeOf(current));
};

/** Shares where an empty bin has 0.0001, or a millionth of the smallest share when that is no larger; the rest stays as it was. */
const filledShares = (counts: readonly number[]): number[] => {
  const total = compensatedSum(counts);
  const shares = counts.map((count) => count / total);
  const least = shares.reduce((smallest, share) => (share > 0 ? Math.min(smallest, share) : smallest), Infinity);
  const fill = least <= 0.0001 ? least / 1e6 : 0.0001;
  return shares.map((share) => (share === 0 ? fill : share));
};

const stabilityIndex = ({ reference, current, binning }: Counts): PeerScore => {
  const [r, c] = [filledShares(reference), filledShares(current)];
  const score = compensatedSum(r, (share, i) => (share - (c[i] ?? 0)) * Math.log(share / (c[i] ?? 0)));
  return distance(score, { binning, bins: r.length, zero: '0.0001 or a millionth of the smallest share' });
};

const kullbackLeibler = ({ reference, current, binning }: Counts): PeerScore => {
  const [r, c] = [filledShares(reference), filledShares(current)];
  const [total, other] = [compensatedSum(r), compensatedSum(c)];
  const score = compensatedSum(r, (share, i) => (share / total) * Math.log(share / total / ((c[i] ?? 0) / other)));
  return distance(score, { binning, bins: r.length, direction: 'reference from current', base: 'e' });
};

const hellingerOf = ({ reference, current, binning }: Counts): PeerScore => {
  const [n, m] = [compensatedSum(reference), compensatedSum(current)];
  const overlap = compensatedSum(reference, (count, i) => Math.sqrt((count / n) * ((current[i] ?? 0) / m)));
  return distance(Math.sqrt(1 - Math.min(overlap, 1)), { binning, bins: reference.length });
};

/** Sturges over the different values, not over the rows: its own way of binning. */
const hellinger = (type: EvidentlyType, columns: PeerColumns): PeerScore => {
  if (type !== 'numerical') return hellingerOf(countsPerValue('evidently hellinger', columns));
  const [a, b] = [numbersOf('evidently hellinger', columns.reference), numbersOf('evidently hellinger', columns.current)];
  const all = sortedValues([...Array.from(a), ...Array.from(b)]);
  return hellingerOf(countsInBins('evidently hellinger', columns, distinctOfSorted(all)));
};

const scaledWasserstein = (columns: PeerColumns): PeerScore => {
  const [a, b] = [numbersOf('evidently wasserstein', columns.reference), numbersOf('evidently wasserstein', columns.current)];
  const deviation = Math.max(populationDeviation(a), 0.001);
  return distance(wasserstein(a, b).score / deviation, { unit: 'reference deviations, at least 0.001', deviation });
};

/**
 * The number Evidently 0.7.23 shows for a column: p-values for `ks`, `chisquare` and `z`, distances else. Reproduced to be compared with,
 * defects included; our own methods of these names differ where they are better. O(n + m) on sorted values plus the p-value.
 * Source: Evidently 0.7.23 with pandas 2.3. Oracle: oracles/evidently.json (made by that release, tolerance 1e-9 relative).
 * @throws StatisticsError `evidently <method> requires numbers on both sides` | `… at least one value in each sample` | `… sorted, finite values`
 */
export const evidentlyScore = (method: EvidentlyMethod, type: 'numerical' | 'categorical', columns: PeerColumns): PeerScore => {
  switch (method) {
    case 'ks': {
      const { pValue: p } = kolmogorovSmirnov(numbersOf('evidently ks', columns.reference), numbersOf('evidently ks', columns.current));
      return pValue(p ?? NaN, { alternative: 'two-sided' });
    }
    case 'wasserstein':
      return scaledWasserstein(columns);
    case 'chisquare':
      return chiSquareOneSample(columns);
    case 'z':
      return proportions(columns);
    case 'jensenshannon': {
      const { reference, current, binning } = binned('evidently jensenshannon', type, columns);
      return distance(jensenShannon(reference, current, { zero: { kind: 'none' } }).score, { binning, bins: reference.length, base: 'e' });
    }
    case 'psi':
      return stabilityIndex(binned('evidently psi', type, columns));
    case 'kl_div':
      return kullbackLeibler(binned('evidently kl_div', type, columns));
    case 'hellinger':
      return hellinger(type, columns);
  }
};

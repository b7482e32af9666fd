import { countBinsOfSorted } from '../binning/histogram.js';
import { innerEdges } from '../binning/linspace.js';
import { doaneBins } from '../binning/doane.js';
import { jensenShannon } from '../distance/jensen-shannon.js';
import { wasserstein } from '../distance/wasserstein.js';
import { chiSquare } from '../hypothesis/chi-square.js';
import { kolmogorovSmirnov } from '../hypothesis/kolmogorov-smirnov.js';
import { compensatedMean, compensatedSum, populationDeviation } from '../summation.js';
import { numbersOf, type PeerColumn, type PeerColumns, type PeerScore, valueCounts } from './peer.js';

/** Names NannyML 0.13 gives its univariate methods, numeric ones first. */
export const NANNYML_METHODS = ['jensen_shannon', 'kolmogorov_smirnov', 'wasserstein', 'hellinger', 'chi2', 'l_infinity'] as const;
export type NannymlMethod = (typeof NANNYML_METHODS)[number];

/** From this many reference values on Wasserstein and Kolmogorov-Smirnov are taken from so many bins of equal width. */
const BINS = 10_000;

/** What a method of NannyML can be asked about: numbers are continuous there whatever their values, words and booleans are categories. */
export const nannymlTakes = (method: NannymlMethod, kind: PeerColumn['kind']): boolean => {
  if (method === 'jensen_shannon' || method === 'hellinger') return true;
  return kind === (method === 'chi2' || method === 'l_infinity' ? 'categorical' : 'numeric');
};

type Counts = { readonly reference: readonly number[]; readonly current: readonly number[]; readonly binning: string };

/** Doane's bins over the reference; what the current sample has outside them is one more bin, where the reference has nothing. */
const doane = (name: string, columns: PeerColumns): Counts => {
  const [a, b] = [numbersOf(name, columns.reference), numbersOf(name, columns.current)];
  const [low, high] = [a[0] ?? NaN, a[a.length - 1] ?? NaN];
  const [from, to] = low === high ? [low - 0.5, high + 0.5] : [low, high];
  const cuts = innerEdges(low, high, doaneBins({ size: a.length, low, high, skewness: skewness(a) }));
  const inside = within(b, from, to);
  const counts = { reference: countBinsOfSorted(a, cuts), current: countBinsOfSorted(inside, cuts), binning: 'doane' };
  return withOutside(counts, b.length - inside.length);
};

const skewness = (values: ArrayLike<number>): number => {
  const [mean, deviation] = [compensatedMean(values), populationDeviation(values)];
  return deviation > 0 ? compensatedSum(values, (value) => ((value - mean) / deviation) ** 3) / values.length : 0;
};

const within = (sorted: ArrayLike<number>, from: number, to: number): number[] =>
  Array.from(sorted).filter((value) => value >= from && value <= to);

const withOutside = (counts: Counts, outside: number): Counts =>
  outside === 0 ? counts : { ...counts, reference: [...counts.reference, 0], current: [...counts.current, outside] };

/** One bin per category of the reference; categories it never saw are one more. */
const perCategory = (name: string, { reference, current }: PeerColumns): Counts => {
  const [a, b] = [valueCounts(name, reference), valueCounts(name, current)];
  const known = [...a.keys()].sort();
  const unseen = [...b].filter(([value]) => !a.has(value)).reduce((sum, [, count]) => sum + count, 0);
  const counts = {
    reference: known.map((value) => a.get(value) ?? 0),
    current: known.map((value) => b.get(value) ?? 0),
    binning: 'values',
  };
  return withOutside(counts, unseen);
};

const binned = (name: string, columns: PeerColumns): Counts =>
  columns.reference.kind === 'numeric' ? doane(name, columns) : perCategory(name, columns);

/** All categories of both sides. */
const perValue = (name: string, { reference, current }: PeerColumns): Counts => {
  const [a, b] = [valueCounts(name, reference), valueCounts(name, current)];
  const all = [...new Set([...a.keys(), ...b.keys()])].sort();
  return { reference: all.map((value) => a.get(value) ?? 0), current: all.map((value) => b.get(value) ?? 0), binning: 'values' };
};

const scored = (score: number, parameters: PeerScore['parameters']): PeerScore => ({ score, direction: 'drift when large', parameters });

const hellinger = ({ reference, current, binning }: Counts): PeerScore => {
  const [n, m] = [compensatedSum(reference), compensatedSum(current)];
  const squares = compensatedSum(reference, (count, i) => (Math.sqrt(count / n) - Math.sqrt((current[i] ?? 0) / m)) ** 2);
  return scored(Math.sqrt(squares) / Math.SQRT2, { binning, bins: reference.length });
};

const lInfinity = ({ reference, current }: Counts): PeerScore => {
  const [n, m] = [compensatedSum(reference), compensatedSum(current)];
  const apart = reference.reduce((most, count, i) => Math.max(most, Math.abs(count / n - (current[i] ?? 0) / m)), 0);
  return scored(apart, { bins: reference.length });
};

/** Ends of the bins; the reference lies within. */
type Span = { readonly low: number; readonly high: number };

/** Differences of both distribution functions at the upper edges of the bins, when `below` of the current sample lies under the first. */
const gapsInBins = (
  columns: { readonly a: ArrayLike<number>; readonly b: ArrayLike<number> },
  { low, high }: Span,
  below: number,
): number[] => {
  const { a, b } = columns;
  const cuts = innerEdges(low, high, BINS);
  const [r, c] = [countBinsOfSorted(a, cuts), countBinsOfSorted(within(b, low, high), cuts)];
  let [f, g] = [0, 0];
  return r.map((count, i) => {
    f += count;
    g += c[i] ?? 0;
    return Math.abs(f / a.length - (below + g / b.length));
  });
};

const binnedKolmogorovSmirnov = (a: ArrayLike<number>, b: ArrayLike<number>): PeerScore => {
  const span = { low: a[0] ?? NaN, high: a[a.length - 1] ?? NaN };
  const below = countBinsOfSorted(b, [span.low])[0] ?? 0;
  const gaps = gapsInBins({ a, b }, span, below / b.length);
  return scored(
    gaps.reduce((most, gap) => Math.max(most, gap), 0),
    { binning: 'equal_width', bins: BINS },
  );
};

/** Area between both distribution functions, where one value too many counts as lying below the reference: the defect of the original. */
const binnedWasserstein = (a: ArrayLike<number>, b: ArrayLike<number>): PeerScore => {
  const [first, last] = [a[0] ?? NaN, a[a.length - 1] ?? NaN];
  const { low, high } = first === last ? { low: first - 0.5, high: last + 0.5 } : { low: first, high: last };
  const values = Array.from(b);
  const outside = compensatedSum(values, (value) => Math.max(low - value, value - high, 0)) / b.length;
  const smaller = values.filter((value) => value < low).length;
  const gaps = gapsInBins({ a, b }, { low, high }, smaller === 0 ? 0 : (smaller + 1) / b.length);
  return scored(compensatedSum(gaps) * ((high - low) / BINS) + outside, { unit: 'feature', binning: 'equal_width', bins: BINS });
};

const numeric = (
  method: NannymlMethod,
  columns: PeerColumns,
  { exact, fromBins }: Readonly<Record<'exact' | 'fromBins', (a: ArrayLike<number>, b: ArrayLike<number>) => PeerScore>>,
): PeerScore => {
  const [a, b] = [numbersOf(`nannyml ${method}`, columns.reference), numbersOf(`nannyml ${method}`, columns.current)];
  return a.length < BINS ? exact(a, b) : fromBins(a, b);
};

/**
 * The number NannyML 0.13.1 shows for a column when the current file is one chunk; always a distance or a statistic, never a p-value.
 * Reproduced to be compared with, defects included. The Jensen-Shannon distance is in base 2.
 * O(n + m) on sorted values. Source: NannyML 0.13.1 with pandas 2.3. Oracle: oracles/nannyml.json (made by that release, tolerance 1e-9).
 * @throws StatisticsError `nannyml <method> requires numbers on both sides` | `… at least one value in each sample` | `… sorted, finite values`
 */
export const nannymlScore = (method: NannymlMethod, columns: PeerColumns): PeerScore => {
  switch (method) {
    case 'jensen_shannon': {
      const { reference, current, binning } = binned('nannyml jensen_shannon', columns);
      const { score } = jensenShannon(reference, current, { zero: { kind: 'none' }, base: 2 });
      return scored(score, { binning, bins: reference.length, base: 2 });
    }
    case 'hellinger':
      return hellinger(binned('nannyml hellinger', columns));
    case 'chi2': {
      const { reference, current } = perValue('nannyml chi2', columns);
      return scored(chiSquare(reference, current).score, { categories: reference.length, form: 'contingency' });
    }
    case 'l_infinity':
      return lInfinity(perValue('nannyml l_infinity', columns));
    case 'kolmogorov_smirnov':
      return numeric(method, columns, {
        exact: (a, b) => scored(kolmogorovSmirnov(a, b).score, { binning: 'none' }),
        fromBins: binnedKolmogorovSmirnov,
      });
    case 'wasserstein':
      return numeric(method, columns, {
        exact: (a, b) => scored(wasserstein(a, b).score, { unit: 'feature', binning: 'none' }),
        fromBins: binnedWasserstein,
      });
  }
};

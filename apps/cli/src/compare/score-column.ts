import {
  alignCategories,
  type BinsMethod,
  type BucketCounts,
  bucketCutsFor,
  countBinsOfBuckets,
  countBinsOfSorted,
  countBuckets,
  countCategories,
  cutsFor,
  cutValues,
  DEFAULT_METHODS,
  type Grid,
  gridFrom,
  type Kind,
  type Method,
  methodById,
  type MethodId,
  type OtherRule,
  type Parameters,
  type Score,
  sharesOf,
  sortedValues,
  StatisticsError,
} from '#libs/statistics';
import { type CompareOptions } from './options.js';
import { binLabels, categoricalPicture, numericPicture } from './picture.js';
import { type MethodReport, type Moved, type Picture } from './report.js';

/** Both sides of a column, ready to be scored. */
export type Sides = {
  readonly bins: () => Bins;
  readonly whole?: (method: Method) => Score;
  /** Which rare categories a test of counts takes as one. Bins of numbers have neighbours and are never thrown together so. */
  readonly other?: OtherRule;
  readonly parameters: Parameters;
};
type Bins = {
  readonly reference: readonly number[];
  readonly current: readonly number[];
  readonly labels: readonly string[];
  readonly parameters: Parameters;
};

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
};

const exactSides = (reference: Float64Array, current: Float64Array, options: CompareOptions): Sides => ({
  parameters: { mode: 'exact' },
  whole: (method) => (method.needs === 'distribution' ? method.fromSorted(reference, current) : unfit(method.id)),
  bins: once(() => {
    const cuts = cutsFor(options, reference, current);
    const parameters = { binning: options.binning, cuts };
    return {
      reference: countBinsOfSorted(reference, cuts),
      current: countBinsOfSorted(current, cuts),
      labels: binLabels(cuts),
      parameters,
    };
  }),
});

const bucketSides = (values: { readonly reference: Float64Array; readonly current: Float64Array }, options: CompareOptions): Sides => {
  const grid: Grid = gridFrom(values.reference);
  const [reference, current]: readonly BucketCounts[] = [countBuckets(values.reference, grid), countBuckets(values.current, grid)];
  if (!reference || !current) return unfit('buckets');
  return {
    parameters: { mode: 'buckets', gridCentre: grid.centre, gridUnit: grid.unit },
    whole: (method) =>
      method.needs === 'distribution' && method.fromBuckets ? method.fromBuckets(reference, current, grid) : noBuckets(method.id),
    bins: once(() => {
      const bucketCuts = bucketCutsFor(options, reference, current, grid);
      const cuts = cutValues(bucketCuts, grid);
      const parameters = { binning: options.binning, cuts };
      return {
        reference: countBinsOfBuckets(reference, bucketCuts),
        current: countBinsOfBuckets(current, bucketCuts),
        labels: binLabels(cuts),
        parameters,
      };
    }),
  };
};

const noBuckets = (id: string): never => {
  throw new StatisticsError(`${id} cannot be measured from bucket counts, only from values (--exact)`);
};

const unfit = (what: string): never => {
  throw new StatisticsError(`${what} does not fit this column`);
};

/** A numeric column: its sides in the chosen mode, and its picture. */
export const numericSides = (
  reference: Float64Array,
  current: Float64Array,
  options: CompareOptions,
): { readonly sides: Sides; readonly picture: Picture } => {
  const [r, c] = [sortedValues(reference), sortedValues(current)];
  const picture = numericPicture(r, c);
  if (r.length === 0 || c.length === 0 || options.mode === 'exact') return { sides: exactSides(r, c, options), picture };
  return { sides: bucketSides({ reference: r, current: c }, options), picture };
};

/** A categorical column: every category of either side is a bin; `other` says which of them a test of counts takes as one. */
export const categoricalSides = (
  reference: readonly string[],
  current: readonly string[],
  other?: OtherRule,
): { readonly sides: Sides; readonly picture: Picture } => {
  const aligned = alignCategories(countCategories(reference), countCategories(current));
  const bins = {
    reference: aligned.reference,
    current: aligned.current,
    labels: aligned.categories,
    parameters: { binning: 'categories' },
  };
  return { sides: { parameters: { mode: 'exact' }, bins: () => bins, ...(other && { other }) }, picture: categoricalPicture(aligned) };
};

const MOST_MOVED = 3;

const topMoved = (bins: Bins, contributions: readonly number[]): Moved[] => {
  const [r, c] = [sharesOf(bins.reference, { kind: 'none' }), sharesOf(bins.current, { kind: 'none' })];
  const order = contributions.map((_, i) => i).sort((a, b) => (contributions[b] ?? 0) - (contributions[a] ?? 0));
  return order
    .slice(0, MOST_MOVED)
    .filter((i) => r[i] !== c[i])
    .map((i) => ({ bin: bins.labels[i] ?? '', reference: r[i] ?? 0, current: c[i] ?? 0 }));
};

const fromBins = (
  method: BinsMethod,
  sides: Sides,
  options: CompareOptions,
): { readonly score: Score; readonly moved?: readonly Moved[] } => {
  const bins = sides.bins();
  const score = method.fromBins(bins.reference, bins.current, {
    zero: options.zero,
    base: options.base,
    contributions: true,
    ...(sides.other && { other: sides.other }),
  });
  const parameters = { ...sides.parameters, ...bins.parameters, ...score.parameters };
  return { score: { ...score, parameters }, ...(score.contributions && { moved: topMoved(bins, score.contributions) }) };
};

const judged = (id: MethodId, score: number, { thresholds }: CompareOptions): Pick<MethodReport, 'threshold' | 'drifted'> => {
  const threshold = thresholds.byMethod.get(id) ?? thresholds.all;
  return threshold === undefined ? {} : { threshold, drifted: score >= threshold };
};

/** An infinite score is at or beyond any limit where a bin is empty; a number that is too large for a double says nothing, nor does its p-value. */
const unscored = (
  method: Method,
  score: number,
  options: CompareOptions,
): Pick<MethodReport, 'score' | 'reason' | 'threshold' | 'drifted'> =>
  method.needs === 'bins' && options.zero.kind === 'none' && score === Infinity
    ? { score: null, ...judged(method.id, score, options), reason: INFINITE }
    : { score: null, reason: TOO_LARGE };

const TOO_LARGE = 'the score is too large for a double';
const INFINITE = 'a bin is empty on one side only, which is infinitely far under the zero rule none';

const scoreOne = (method: Method, sides: Sides, options: CompareOptions): MethodReport => {
  const base = { id: method.id, parameters: { version: method.version, ...sides.parameters } };
  try {
    const { score, moved } =
      method.needs === 'bins' ? fromBins(method, sides, options) : { score: sides.whole?.(method) ?? unfit(method.id) };
    const parameters = { ...base.parameters, ...score.parameters };
    if (!Number.isFinite(score.score)) return { ...base, ...unscored(method, score.score, options), parameters, ...(moved && { moved }) };
    return {
      ...base,
      score: score.score,
      ...(score.pValue !== undefined && { pValue: score.pValue }),
      ...judged(method.id, score.score, options),
      parameters,
      ...(moved && { moved }),
    };
  } catch (error) {
    if (!(error instanceof StatisticsError)) throw error;
    return { ...base, score: null, reason: error.message };
  }
};

/** Every asked or default method that fits the kind of the column, in the order asked. */
export const scoreColumn = (kind: Kind, sides: Sides, options: CompareOptions): MethodReport[] =>
  (options.methods ?? DEFAULT_METHODS[kind])
    .map(methodById)
    .filter((method) => method.kinds.includes(kind))
    .map((method) => scoreOne(method, sides, options));

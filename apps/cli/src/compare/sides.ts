import {
  alignCategories,
  type BucketCounts,
  bucketCutsFor,
  cliffsDelta,
  cohensD,
  cohensH,
  cohensW,
  countBinsOfBuckets,
  countBinsOfSorted,
  countBuckets,
  countCategories,
  cutsFor,
  cutValues,
  type Grid,
  gridFrom,
  type Method,
  noDriftLawOfBinned,
  noDriftLawOfCounts,
  noDriftLawOfSamples,
  type NoDriftLaw,
  type OtherRule,
  type Parameters,
  type Resampling,
  type Score,
  type ScoreOptions,
  sortedValues,
  StatisticsError,
} from '#libs/statistics';
import { type CompareOptions } from './options.js';
import { binLabels, categoricalPicture, numericPicture } from './picture.js';
import { type Picture } from './report.js';

/** How a law without drift is drawn, and how the score was made that it judges. */
export type LawOptions = Resampling & { readonly options: ScoreOptions };

/** Sizes of a difference that do not grow with the rows, by name. */
export type EffectMeasures = Readonly<Record<string, () => Score>>;

/** Both sides of a column, ready to be scored. */
export type Sides = {
  /** Why nothing can be scored, where one side is empty. */
  readonly empty?: string;
  readonly bins: () => Bins;
  readonly whole?: (method: Method) => Score;
  /** Which rare categories a test of counts takes as one. Bins of numbers have neighbours and are never thrown together so. */
  readonly other?: OtherRule;
  readonly parameters: Parameters;
  /** What the method scores when nothing drifted, at these sizes. */
  readonly law: (method: Method, options: LawOptions) => NoDriftLaw;
  readonly effects: EffectMeasures;
};

/** Counts per bin of both sides. */
export type Bins = {
  readonly reference: readonly number[];
  readonly current: readonly number[];
  readonly labels: readonly string[];
  readonly parameters: Parameters;
};

/** A column's sides and its picture. */
export type Drawn = { readonly sides: Sides; readonly picture: Picture };

type Values = { readonly reference: Float64Array; readonly current: Float64Array };

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
};

const emptyOf = (reference: number, current: number): Pick<Sides, 'empty'> => {
  if (reference > 0 && current > 0) return {};
  const where = reference > 0 ? 'the current file' : current > 0 ? 'the reference' : 'either file';
  return { empty: `there is no value to measure in ${where}` };
};

/** Scores from values; a score over bins is judged by dealing the rows out anew, cut as its own were. */
const exactSides = (values: Values, options: CompareOptions): Pick<Sides, 'parameters' | 'whole' | 'bins' | 'law'> => ({
  parameters: { mode: 'exact' },
  whole: (method) => (method.needs === 'distribution' ? method.fromSorted(values.reference, values.current) : unfit(method.id)),
  bins: once(() => {
    const cuts = cutsFor(options, values.reference, values.current);
    return {
      reference: countBinsOfSorted(values.reference, cuts),
      current: countBinsOfSorted(values.current, cuts),
      labels: binLabels(cuts),
      parameters: { binning: options.binning, cuts },
    };
  }),
  law: (method, how) =>
    method.needs === 'bins' ? noDriftLawOfBinned(method, values, { ...how, rule: options }) : noDriftLawOfSamples(method, values, how),
});

/** Scores from bucket counts. Distances between whole distributions are judged by the values: their score is the same to a bucket's width. */
const bucketSides = (values: Values, options: CompareOptions): Pick<Sides, 'parameters' | 'whole' | 'bins' | 'law'> => {
  const grid: Grid = gridFrom(values.reference);
  const reference: BucketCounts = countBuckets(values.reference, grid);
  const current: BucketCounts = countBuckets(values.current, grid);
  const bins = once(() => {
    const bucketCuts = bucketCutsFor(options, reference, current, grid);
    const cuts = cutValues(bucketCuts, grid);
    return {
      reference: countBinsOfBuckets(reference, bucketCuts),
      current: countBinsOfBuckets(current, bucketCuts),
      labels: binLabels(cuts),
      parameters: { binning: options.binning, cuts },
    };
  });
  return {
    parameters: { mode: 'buckets', gridCentre: grid.centre, gridUnit: grid.unit },
    whole: (method) =>
      method.needs === 'distribution' && method.fromBuckets ? method.fromBuckets(reference, current, grid) : noBuckets(method.id),
    bins,
    law: (method, how) => (method.needs === 'bins' ? noDriftLawOfCounts(method, bins(), how) : noDriftLawOfSamples(method, values, how)),
  };
};

const noBuckets = (id: string): never => {
  throw new StatisticsError(`${id} cannot be measured from bucket counts, only from values (--exact)`);
};

const unfit = (what: string): never => {
  throw new StatisticsError(`${what} does not fit this column`);
};

/** A numeric column: its sides in the chosen mode, and its picture. */
export const numericSides = (reference: Float64Array, current: Float64Array, options: CompareOptions): Drawn => {
  const values = { reference: sortedValues(reference), current: sortedValues(current) };
  const empty = emptyOf(reference.length, current.length);
  const sides = 'empty' in empty || options.mode === 'exact' ? exactSides(values, options) : bucketSides(values, options);
  const effects = {
    cohens_d: () => cohensD(values.reference, values.current),
    cliffs_delta: () => cliffsDelta(values.reference, values.current),
  };
  return { sides: { ...sides, ...empty, effects }, picture: numericPicture(values.reference, values.current) };
};

/** A categorical column: every category of either side is a bin, in both modes; `other` says which of them a test of counts takes as one. */
export const categoricalSides = (reference: readonly string[], current: readonly string[], other?: OtherRule): Drawn => {
  const aligned = alignCategories(countCategories(reference), countCategories(current));
  const counts = { reference: aligned.reference, current: aligned.current };
  const sides: Sides = {
    ...emptyOf(reference.length, current.length),
    parameters: { mode: 'exact' },
    bins: () => ({ ...counts, labels: aligned.categories, parameters: { binning: 'categories' } }),
    ...(other && { other }),
    law: (method, how) => (method.needs === 'bins' ? noDriftLawOfCounts(method, counts, how) : unfit(method.id)),
    effects: {
      cohens_w: () => cohensW(counts.reference, counts.current),
      // The share of the second word in order, so that of 0 and 1, or of false and true, it is that of 1 and of true.
      ...(aligned.categories.length === 2 && {
        cohens_h: () => cohensH(counts.reference.toReversed(), counts.current.toReversed()),
      }),
    },
  };
  return { sides, picture: categoricalPicture(aligned) };
};

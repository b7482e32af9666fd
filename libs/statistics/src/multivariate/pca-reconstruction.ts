import { StatisticsError } from '../errors.js';
import { chunksOf } from '../estimation/chunks.js';
import { directionOf } from '../hypothesis/direction.js';
import { momentsOf } from '../hypothesis/moments.js';
import { type Random } from '../random.js';
import { type Score } from '../score.js';
import { SPLITS, splitsOf } from '../splits.js';
import { compensatedMean, populationDeviation } from '../summation.js';
import { EXPLAINED, reconstruct } from './principal-components.js';
import { type Pooled, pooledOf, requireTables, seededByTables, type SplitOptions, type Table } from './table.js';

/** Rows taken of each sample at most for the p-value, for which every split is fitted anew. */
const MOST = 1000;
/** Scores that differ by less are the same split in other words. */
const ROUNDING = 1e-12;
/** Deviations of the chunks of the reference to either side. */
const DEVIATIONS = 3;

/** `chunkSize`: rows per chunk of the reference for the limits; ten chunks unless given. */
export type PcaReconstructionOptions = SplitOptions & { readonly chunkSize?: number };

/** Mean error of the rows that are not members less that of the members. */
const difference = (errors: Float64Array, members: Float64Array): number =>
  compensatedMean(errors.filter((_, row) => members[row] !== 1)) - compensatedMean(errors.filter((_, row) => members[row] === 1));

/** Twice the smaller of both one-sided shares of splits, each (b + 1)/(splits + 1), at most 1. */
const twoSidedOf = (pooled: Pooled, random: Random, splits: number): number => {
  const drawn = splitsOf(pooled.n, pooled.m, random, splits).map((members) => difference(reconstruct(pooled, members).errors, members));
  const observed = drawn[0] ?? NaN;
  const above = drawn.filter((one) => one >= observed - ROUNDING).length;
  const below = drawn.filter((one) => one <= observed + ROUNDING).length;
  return Math.min((2 * Math.min(above, below)) / drawn.length, 1);
};

/** Mean ± 3 deviations (ddof 0) of the mean errors of the reference's chunks, not below 0. */
const limitsOf = (
  errors: Float64Array,
  chunkSize: number | undefined,
): { readonly referenceLow: number; readonly referenceHigh: number } => {
  const means = chunksOf(errors.length, chunkSize).map(({ from, to }) => compensatedMean(errors.subarray(from, to)));
  const [mean, deviation] = [compensatedMean(means), populationDeviation(means)];
  return { referenceLow: Math.max(mean - DEVIATIONS * deviation, 0), referenceHigh: mean + DEVIATIONS * deviation };
};

/**
 * Reconstruction error: how much worse (or better) the principal components of the reference explain the current rows than its own. Rises where
 * columns that went together no longer do, though each alone stays as it was; falls where they go together more.
 * Blind to a change inside the plane it keeps: where nothing goes together in the reference that plane is arbitrary, and `multivariateMmd` sees more.
 *
 * Score = |mean error of the current rows − that of the reference's|, in deviations of the reference: 0 means that its structure explains both alike;
 * unbounded; not symmetric; unchanged by shift and scale of a column and by the order of rows. The error of a row is its distance from the plane of as
 * many components as explain more than 65 % of the reference's variance, after missing numbers became the mean and missing words the most frequent,
 * words their share of the reference (an unseen one 0), and columns were standardised, all on the reference: NannyML's convention, whose numbers are the
 * parameters `referenceError`, `currentError`, `samplingError` (deviation of the current errors over √m), and `referenceLow` and `referenceHigh`, the mean ± 3
 * deviations of the errors of ten chunks of the reference in the order given (the rows of a chunk are fewer than those of the reference: limits of windows
 * of that size). Components are by Jacobi's rotations, so nothing is drawn for the score.
 * p-value: two-sided, by 199 random splits of the pooled rows, each fitted anew: the rows a plane was fitted to always lie nearer to it than others, and only so
 * does that cost no level. At most 1,000 rows a side are taken for it at random; the parameters say how many. Smallest sample: two rows a side, two columns.
 * O(rows · columns²) for the score; for the p-value 199 · (2,000 · columns² + 10 · columns³) (half a second for 10 columns, seven for 60).
 * Source: Jackson and Mudholkar, Technometrics 21 (1979), 341-349 (the residual of a principal component model).
 * Oracle: oracles/pca-reconstruction.json (NannyML 0.13.1 and scikit-learn, tolerance 1e-9).
 * @throws StatisticsError `pcaReconstruction requires at least two columns` | `pcaReconstruction requires at least 2 rows in each sample` |
 * `pcaReconstruction requires columns whose variance fits a double` and what else `requireTables` names
 */
export const pcaReconstruction = (reference: Table, current: Table, options: PcaReconstructionOptions = {}): Score => {
  requireTables('pcaReconstruction', [reference, current], 2);
  if (reference.length < 2) throw new StatisticsError('pcaReconstruction requires at least two columns');
  const [n, m] = [reference[0]?.values.length ?? 0, current[0]?.values.length ?? 0];
  const random = options.random ?? seededByTables([reference, current]);
  const splits = options.splits ?? SPLITS;
  const { errors, components } = reconstruct(pooledOf([reference, current], Infinity, random), new Float64Array(n + m).fill(1, 0, n));
  const [own, others] = [errors.subarray(0, n), errors.subarray(n)];
  const [referenceError, { mean: currentError, variance }] = [compensatedMean(own), momentsOf(others)];
  const score = Math.abs(currentError - referenceError);
  if (!Number.isFinite(score)) throw new StatisticsError('pcaReconstruction requires columns whose variance fits a double');
  const used = pooledOf([reference, current], MOST, random);
  return {
    score,
    pValue: twoSidedOf(used, random, splits),
    parameters: {
      components,
      explained: EXPLAINED,
      referenceError,
      currentError,
      direction: directionOf(currentError - referenceError),
      samplingError: Math.sqrt(variance / m),
      ...limitsOf(own, options.chunkSize),
      splits,
      usedReference: used.n,
      usedCurrent: used.m,
    },
  };
};

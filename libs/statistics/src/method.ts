import { type BucketCounts } from './binning/bucket-counts.js';
import { type Grid } from './binning/grid.js';
import { type OtherRule } from './binning/other-class.js';
import { type ZeroRule } from './binning/zero-rule.js';
import { type LogBase } from './distance/jensen-shannon.js';
import { type MethodId } from './method-ids.js';
import { type Score } from './score.js';

/** What a column holds: numbers, or words (booleans are words). */
export type Kind = 'numeric' | 'categorical';

/** What a caller may choose about a score; a method ignores what does not concern it and records what it used. */
export type ScoreOptions = {
  readonly zero?: ZeroRule;
  readonly base?: LogBase;
  readonly contributions?: boolean;
  /** Which rare categories chi_square, g_test and cramers_v count as one. Absent: none. */
  readonly other?: OtherRule;
  /** Most values mmd takes a side, 2 to 2,000: its time goes with the square. Absent: 2,000. */
  readonly valuesMax?: number;
};

type Described = {
  readonly id: MethodId;
  /** Raised whenever the same input may give another number. Stored with every score. */
  readonly version: number;
  readonly kinds: readonly Kind[];
  readonly range: string;
  readonly meaning: string;
  /** Time on input that is ready: n, m values a side in ascending order, or bins. */
  readonly cost: string;
  /** Where it is defined. */
  readonly source: string;
};

/** A method over bins: counts per bin or category, aligned. Numeric features are binned first, exactly or on bucket edges. */
export type BinsMethod = Described & {
  readonly needs: 'bins';
  readonly fromBins: (reference: readonly number[], current: readonly number[], options?: ScoreOptions) => Score;
};

/** A method over whole distributions: sorted values (exact), or, where it can, bucket counts on one grid. */
export type DistributionMethod = Described & {
  readonly needs: 'distribution';
  readonly fromSorted: (reference: ArrayLike<number>, current: ArrayLike<number>, options?: ScoreOptions) => Score;
  /** Absent where bucket counts do not hold what the method needs: it is then measured from values. */
  readonly fromBuckets?: (reference: BucketCounts, current: BucketCounts, grid: Grid) => Score;
};

export type Method = BinsMethod | DistributionMethod;

/** Methods of words and of binned numbers alike. */
export const BOTH: readonly Kind[] = ['numeric', 'categorical'];
export const bins = (method: Omit<BinsMethod, 'needs'>): BinsMethod => ({ needs: 'bins', ...method });
export const distribution = (method: Omit<DistributionMethod, 'needs' | 'kinds'>): DistributionMethod => ({
  needs: 'distribution',
  kinds: ['numeric'],
  ...method,
});

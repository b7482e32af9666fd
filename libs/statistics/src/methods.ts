import { type BucketCounts } from './binning/bucket-counts.js';
import { type Grid } from './binning/grid.js';
import { type ZeroRule } from './binning/zero-rule.js';
import { jensenShannon, type LogBase } from './distance/jensen-shannon.js';
import { psi } from './distance/psi.js';
import { wasserstein, wassersteinNormalised, wassersteinNormalisedOfBuckets, wassersteinOfBuckets } from './distance/wasserstein.js';
import { chiSquare } from './hypothesis/chi-square.js';
import { kolmogorovSmirnov, kolmogorovSmirnovOfBuckets } from './hypothesis/kolmogorov-smirnov.js';
import { type Score } from './score.js';

/** Ids of the drift methods, as they appear on the command line, in events and in GraphQL. */
export const METHOD_IDS = ['psi', 'jensen_shannon', 'kolmogorov_smirnov', 'wasserstein', 'wasserstein_normalised', 'chi_square'] as const;
export type MethodId = (typeof METHOD_IDS)[number];

/** What a column holds: numbers, or words (booleans are words). */
export type Kind = 'numeric' | 'categorical';

/** What a caller may choose about a score; a method ignores what does not concern it and records what it used. */
export type ScoreOptions = { readonly zero?: ZeroRule; readonly base?: LogBase; readonly contributions?: boolean };

type Described = {
  readonly id: MethodId;
  /** Raised whenever the same input may give another number. Stored with every score. */
  readonly version: number;
  readonly kinds: readonly Kind[];
  readonly range: string;
  readonly meaning: string;
};

/** A method over bins: counts per bin or category, aligned. Numeric features are binned first, exactly or on bucket edges. */
export type BinsMethod = Described & {
  readonly needs: 'bins';
  readonly fromBins: (reference: readonly number[], current: readonly number[], options?: ScoreOptions) => Score;
};

/** A method over whole distributions: sorted values (exact), or bucket counts on one grid. */
export type DistributionMethod = Described & {
  readonly needs: 'distribution';
  readonly fromSorted: (reference: ArrayLike<number>, current: ArrayLike<number>) => Score;
  readonly fromBuckets: (reference: BucketCounts, current: BucketCounts, grid: Grid) => Score;
};

export type Method = BinsMethod | DistributionMethod;

const BOTH: readonly Kind[] = ['numeric', 'categorical'];
const bins = (method: Omit<BinsMethod, 'needs'>): BinsMethod => ({ needs: 'bins', ...method });
const distribution = (method: Omit<DistributionMethod, 'needs' | 'kinds'>): DistributionMethod => ({
  needs: 'distribution',
  kinds: ['numeric'],
  ...method,
});

/** The catalogue. A further method is one file with its oracle and spec, and one entry here. */
const CATALOGUE: Readonly<Record<MethodId, Method>> = {
  psi: bins({
    id: 'psi',
    version: 1,
    kinds: BOTH,
    range: '0 = same shares, unbounded',
    meaning: 'Population stability index: how far the shares of the bins moved, both ways.',
    fromBins: psi,
  }),
  jensen_shannon: bins({
    id: 'jensen_shannon',
    version: 1,
    kinds: BOTH,
    range: '0 = same shares, 0.8326 (base e) or 1 (base 2) = nothing in common',
    meaning: 'Jensen-Shannon distance: how far both share vectors are from their midpoint.',
    fromBins: jensenShannon,
  }),
  kolmogorov_smirnov: distribution({
    id: 'kolmogorov_smirnov',
    version: 1,
    range: '0 = same, 1 = no overlap',
    meaning: 'Largest difference between both cumulative distributions, with its p-value.',
    fromSorted: kolmogorovSmirnov,
    fromBuckets: kolmogorovSmirnovOfBuckets,
  }),
  wasserstein: distribution({
    id: 'wasserstein',
    version: 1,
    range: '0 = same, unbounded, in units of the feature',
    meaning: 'Mean distance by which values moved.',
    fromSorted: wasserstein,
    fromBuckets: wassersteinOfBuckets,
  }),
  wasserstein_normalised: distribution({
    id: 'wasserstein_normalised',
    version: 1,
    range: '0 = same, unbounded, in reference deviations',
    meaning: 'Mean distance by which values moved, in standard deviations of the reference.',
    fromSorted: wassersteinNormalised,
    fromBuckets: wassersteinNormalisedOfBuckets,
  }),
  chi_square: bins({
    id: 'chi_square',
    version: 1,
    kinds: BOTH,
    range: '0 = same shares, unbounded; grows with the sample',
    meaning: 'Test whether both rows of counts come from one distribution, with its p-value.',
    fromBins: (reference, current) => chiSquare(reference, current),
  }),
};

/** All methods, in the order of their ids. */
export const METHODS: readonly Method[] = METHOD_IDS.map((id) => CATALOGUE[id]);

export const methodById = (id: MethodId): Method => CATALOGUE[id];

export const isMethodId = (text: string): text is MethodId => METHOD_IDS.some((id) => id === text);

/** What is measured when nothing is said. */
export const DEFAULT_METHODS: Readonly<Record<Kind, readonly MethodId[]>> = {
  numeric: ['psi', 'kolmogorov_smirnov'],
  categorical: ['psi', 'chi_square'],
};

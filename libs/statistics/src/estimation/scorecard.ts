import { StatisticsError } from '../errors.js';
import { binomialProbability } from '../special/binomial.js';
import { compensatedMean } from '../summation.js';
import { type Interval } from './estimate.js';

/** What was estimated of a chunk, and what its labels later showed. */
export type Settled = { readonly value: number; readonly band: Interval; readonly realised: number };

/** How an estimator did so far. */
export type Scorecard = {
  readonly chunks: number;
  /** Share of the chunks whose realised value lay in the band. */
  readonly coverage: number;
  /** Mean of estimate − realised, in units of the metric: above 0 the estimate was too high, which flatters a share and not a loss. */
  readonly bias: number;
  /** Mean of |estimate − realised|, in units of the metric. */
  readonly meanAbsoluteError: number;
  /** Probability of at least this many misses if the band missed one chunk in twenty. */
  readonly pValue: number;
  /** The band missed so often that one miss in twenty does not explain it. */
  readonly distrust: boolean;
};

/** Misses that are forgiven: the band of three sampling errors promises fewer, but its errors are themselves estimated. */
const FORGIVEN = 0.05;
const SIGNIFICANT = 0.01;

/**
 * Compares estimates with what labels later showed: coverage of the band, bias, mean absolute error, and whether to distrust the estimator.
 *
 * Distrust is a one-sided binomial test of the misses against one in twenty, at 0.01: two misses of two, three of five, five of twenty. A constant bias
 * inside the band is shown and not held against it. Does not depend on the order of the chunks. Smallest sample: one chunk (which never distrusts). O(n).
 * @throws StatisticsError `scorecard requires at least one settled chunk` | `scorecard requires finite values`
 */
export const scorecard = (settled: readonly Settled[]): Scorecard => {
  const chunks = settled.length;
  if (chunks === 0) throw new StatisticsError('scorecard requires at least one settled chunk');
  if (!settled.every(({ value, realised }) => Number.isFinite(value) && Number.isFinite(realised)))
    throw new StatisticsError('scorecard requires finite values');
  const misses = settled.filter(({ band, realised }) => realised < band.lower || realised > band.upper).length;
  const tail = Array.from({ length: chunks - misses + 1 }, (_, i) => binomialProbability(misses + i, chunks, FORGIVEN));
  const pValue = misses === 0 ? 1 : Math.min(compensatedMean(tail) * tail.length, 1);
  return {
    chunks,
    coverage: (chunks - misses) / chunks,
    bias: compensatedMean(settled.map(({ value, realised }) => value - realised)),
    meanAbsoluteError: compensatedMean(settled.map(({ value, realised }) => Math.abs(value - realised))),
    pValue,
    distrust: pValue < SIGNIFICANT,
  };
};

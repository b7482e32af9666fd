import { benjaminiHochberg } from '../correction/benjamini-hochberg.js';
import { StatisticsError } from '../errors.js';
import { kolmogorovSmirnov } from '../hypothesis/kolmogorov-smirnov.js';
import { type Score } from '../score.js';
import { sortedValues } from '../sorted.js';
import { dimensionOf, type Vectors } from './vectors.js';

/** `level`: the share of false alarms among dimensions called drifted that is put up with, 0.05 unless given. */
export type ShareOfDriftedDimensionsOptions = { readonly level?: number };

const elements = (vectors: Vectors, dimension: number): Float64Array =>
  sortedValues(Float64Array.from(vectors, (vector) => vector[dimension] ?? NaN));

/**
 * Share of drifted dimensions: of how many elements of the vectors the two-sample Kolmogorov-Smirnov test, adjusted for their number, says that they moved.
 *
 * Score = dimensions whose p-value, adjusted by Benjamini and Hochberg, is at most the level, over all dimensions: 0 = none, 1 = every one; symmetric;
 * unchanged by any increasing transformation of an element, but not when vectors are turned. In at most 5 % of comparisons without drift it is above 0. Blind to
 * elements that go together otherwise while each stays as it was: that is for `vectorMmd`. `unadjustedShare` is the share by unadjusted p-values, as
 * Evidently counts it (`ratio(component_stattest='ks', component_stattest_threshold=0.05)`), about 0.05 where nothing drifted.
 * p-value: the smallest adjusted one, that is Simes' test that nothing drifted anywhere: exact for independent elements, at most its level for positively
 * dependent ones. Ties make it conservative. Smallest sample: two vectors a side (from about five a side it can become small).
 * O(dimension · vectors · log vectors).
 * Source: Benjamini and Hochberg, J. R. Statist. Soc. B 57 (1995), 289-300; Simes, Biometrika 73 (1986), 751-754.
 * Oracle: oracles/vectors.json (scipy's `ks_2samp` and `false_discovery_control`; Evidently for the unadjusted share).
 * @throws StatisticsError `shareOfDriftedDimensions requires at least 2 vectors in each sample` | `… a level between 0 and 1` and what else `dimensionOf` names
 */
export const shareOfDriftedDimensions = (reference: Vectors, current: Vectors, options: ShareOfDriftedDimensionsOptions = {}): Score => {
  const dimension = dimensionOf('shareOfDriftedDimensions', reference, current);
  const level = options.level ?? 0.05;
  if (!(level > 0 && level < 1)) throw new StatisticsError('shareOfDriftedDimensions requires a level between 0 and 1');
  const pValues = Array.from({ length: dimension }, (_, i) => kolmogorovSmirnov(elements(reference, i), elements(current, i)).pValue ?? 1);
  const adjusted = benjaminiHochberg(pValues);
  const share = (values: readonly number[]): number => values.filter((p) => p <= level).length / dimension;
  return {
    score: share(adjusted),
    pValue: Math.min(...adjusted),
    parameters: { test: 'kolmogorov_smirnov', correction: 'benjamini_hochberg', level, dimension, unadjustedShare: share(pValues) },
  };
};

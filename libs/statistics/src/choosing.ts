import { type Kind } from './method.js';
import { type MethodId } from './method-ids.js';

/**
 * What is measured when nobody names a method: a distance and a test, chosen by the kind of the feature and by nothing else.
 *
 * - Numbers: `psi`, which says in which bins shares moved and is the same for words, and `kolmogorov_smirnov`, which needs no bins.
 * - Words: `psi`, and `chi_square` on the contingency table.
 *
 * The number of rows is not asked. A rule that changes the method at some size (Evidently: at 1,001 reference rows) gives a series two units
 * and two directions, and the number of different values is no better, since it grows with the rows. What size does decide is what a score
 * means: `noDriftLawOfCounts` and `noDriftLawOfSamples` say for any sizes how large it is without drift, from a closed form where that
 * holds and by resampling below, and the two meet where they change over. A score keeps the id and the version of its method and the
 * parameters that define it, so that two of them can be told to be comparable.
 */
export const DEFAULT_METHODS: Readonly<Record<Kind, readonly MethodId[]>> = {
  numeric: ['psi', 'kolmogorov_smirnov'],
  categorical: ['psi', 'chi_square'],
};

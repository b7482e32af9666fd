import { BOTH, bins, type Method } from '../method.js';
import { type CATEGORICAL_TEST_IDS } from '../method-ids.js';
import { chiSquare } from './chi-square.js';

/** Catalogue of the tests of counts. A further one is a file with its oracle and spec, an id, and an entry here. */
export const CATEGORICAL_TESTS: Readonly<Record<(typeof CATEGORICAL_TEST_IDS)[number], Method>> = {
  chi_square: bins({
    id: 'chi_square',
    version: 1,
    kinds: BOTH,
    range: '0 = same shares, unbounded; grows with the sample',
    meaning: 'Test whether both rows of counts come from one distribution, with its p-value.',
    cost: 'bins',
    source: 'Pearson, Philosophical Magazine 50 (1900), 157-175',
    fromBins: (reference, current) => chiSquare(reference, current),
  }),
};

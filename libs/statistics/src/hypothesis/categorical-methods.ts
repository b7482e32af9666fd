import { BOTH, bins, type Method } from '../method.js';
import { type CATEGORICAL_TEST_IDS } from '../method-ids.js';
import { chiSquare } from './chi-square.js';
import { cramersV } from './cramers-v.js';
import { fisherExact } from './fisher-exact.js';
import { gTest } from './g-test.js';
import { twoProportionZ } from './two-proportion-z.js';

/** Catalogue of the tests of counts. A further one is a file with its oracle and spec, an id, and an entry here. */
export const CATEGORICAL_TESTS: Readonly<Record<(typeof CATEGORICAL_TEST_IDS)[number], Method>> = {
  chi_square: bins({
    id: 'chi_square',
    version: 3,
    kinds: BOTH,
    range: '0 = same shares, unbounded; grows with the sample',
    meaning: 'Test whether both rows of counts come from one distribution, with its p-value.',
    cost: 'bins',
    source: 'Pearson, Philosophical Magazine 50 (1900), 157-175',
    fromBins: chiSquare,
  }),
  g_test: bins({
    id: 'g_test',
    version: 3,
    kinds: BOTH,
    range: '0 = same shares, unbounded; grows with the sample',
    meaning: 'Likelihood-ratio test whether both rows of counts come from one distribution, with its p-value.',
    cost: 'bins; bins · √count where fewer than ten are expected',
    source: 'Wilks, Annals of Mathematical Statistics 6 (1935), 190-196',
    fromBins: gTest,
  }),
  fisher_exact: bins({
    id: 'fisher_exact',
    version: 1,
    kinds: ['categorical'],
    range: '0 = same share, 1 = nothing in common',
    meaning: 'Difference of the shares of one of two categories, with the p-value that is exact for any counts.',
    cost: 'square root of n + m',
    source: 'Fisher, Journal of the Royal Statistical Society 98 (1935), 39-82',
    fromBins: (reference, current) => fisherExact(reference, current),
  }),
  two_proportion_z: bins({
    id: 'two_proportion_z',
    version: 2,
    kinds: ['categorical'],
    range: '0 = same share, unbounded; grows with the sample',
    meaning: 'Test whether one of two categories is as frequent in both samples, with its p-value.',
    cost: 'constant; square root of n + m where fewer than five are expected',
    source: 'Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions (2003), ch. 3',
    fromBins: (reference, current) => twoProportionZ(reference, current),
  }),
  cramers_v: bins({
    id: 'cramers_v',
    version: 3,
    kinds: BOTH,
    range: '0 = no more than chance, 1 = nothing in common',
    meaning: "Cramér's V with bias correction: how strongly the category depends on the sample, with the p-value of chi-square.",
    cost: 'bins',
    source: 'Bergsma, Journal of the Korean Statistical Society 42 (2013), 323-328',
    fromBins: cramersV,
  }),
};

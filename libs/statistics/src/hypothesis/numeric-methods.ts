import { distribution, type Method } from '../method.js';
import { type NUMERIC_TEST_IDS } from '../method-ids.js';
import { andersonDarling } from './anderson-darling.js';
import { cramerVonMises } from './cramer-von-mises.js';
import { eppsSingleton } from './epps-singleton.js';
import { kolmogorovSmirnov, kolmogorovSmirnovOfBuckets } from './kolmogorov-smirnov.js';
import { kuiper } from './kuiper.js';
import { mannWhitney } from './mann-whitney.js';
import { studentT } from './student-t.js';
import { welchT } from './welch-t.js';

/** Catalogue of the tests of numbers. A further one is a file with its oracle and spec, an id, and an entry here. */
export const NUMERIC_TESTS: Readonly<Record<(typeof NUMERIC_TEST_IDS)[number], Method>> = {
  kolmogorov_smirnov: distribution({
    id: 'kolmogorov_smirnov',
    version: 1,
    range: '0 = same, 1 = no overlap',
    meaning: 'Largest difference between both cumulative distributions, with its p-value.',
    cost: 'n + m, and n · m at most for the exact p-value',
    source: 'Hodges, Arkiv for Matematik 3 (1958), 469-486; Simard and L’Ecuyer, J. Stat. Software 39 (2011)',
    fromSorted: kolmogorovSmirnov,
    fromBuckets: kolmogorovSmirnovOfBuckets,
  }),
  mann_whitney: distribution({
    id: 'mann_whitney',
    version: 1,
    range: '0 = as often above as below, 1 = no overlap',
    meaning: 'How much more often a current value lies above a reference value than below, or the other way; with direction and p-value.',
    cost: 'n + m, and 64 · max(n, m) at most for the exact p-value of up to eight values',
    source: 'Mann and Whitney, Ann. Math. Stat. 18 (1947), 50-60',
    fromSorted: mannWhitney,
  }),
  welch_t: distribution({
    id: 'welch_t',
    version: 2,
    range: '0 = same mean, unbounded; grows with the sample',
    meaning: 'Difference of means in standard errors, each side with its own variance; with direction and p-value.',
    cost: 'n + m',
    source: 'Welch, Biometrika 34 (1947), 28-35',
    fromSorted: welchT,
  }),
  student_t: distribution({
    id: 'student_t',
    version: 1,
    range: '0 = same mean, unbounded; grows with the sample',
    meaning: 'Difference of means in standard errors, given that both sides have one variance; with direction and p-value.',
    cost: 'n + m',
    source: 'Student, Biometrika 6 (1908), 1-25',
    fromSorted: studentT,
  }),
  cramer_von_mises: distribution({
    id: 'cramer_von_mises',
    version: 2,
    range: '0 = same, 1/6 is expected without drift; grows with the sample',
    meaning: 'Squared difference between both cumulative distributions, summed over all values, with its p-value.',
    cost: 'n + m; up to 20 values a side n · m tables for the exact p-value',
    source: 'Anderson, Ann. Math. Stat. 33 (1962), 1148-1159; Xiao, Gordon and Yakovlev, J. Stat. Software 17 (2006)',
    fromSorted: cramerVonMises,
  }),
  anderson_darling: distribution({
    id: 'anderson_darling',
    version: 2,
    range: 'lowest (near -1.3) = same, 0 is expected without drift, in deviations without drift; grows with the sample',
    meaning: 'Squared difference between both cumulative distributions with the tails counting as much as the middle, with its p-value.',
    cost: 'n + m',
    source: 'Scholz and Stephens, JASA 82 (1987), 918-924; Anderson and Darling, Ann. Math. Stat. 23 (1952), 193-212',
    fromSorted: andersonDarling,
  }),
  kuiper: distribution({
    id: 'kuiper',
    version: 1,
    range: '0 = same, 1 = no overlap or one inside a gap of the other',
    meaning: 'Largest differences between both cumulative distributions, up and down, added; fit for circles; with its p-value.',
    cost: 'n + m',
    source: 'Kuiper, Proc. KNAW A 63 (1960), 38-47; Stephens, J. R. Stat. Soc. B 32 (1970), 115-122',
    fromSorted: kuiper,
  }),
  epps_singleton: distribution({
    id: 'epps_singleton',
    version: 3,
    range: '0 = same, 4 is expected without drift; grows with the sample',
    meaning: 'Difference of both characteristic functions at two points, fit for ties, with its p-value.',
    cost: 'n + m, with a cosine and a sine per value',
    source: 'Epps and Singleton, J. Stat. Computation and Simulation 26 (1986), 177-203',
    fromSorted: eppsSingleton,
  }),
};

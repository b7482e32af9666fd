import { type Parameters } from '#libs/statistics';
import { type Peer } from './report.js';

const BINS = (theirs: string): string => `${theirs}; ours takes ten bins of equal share of the reference and adds half a count to each`;
const CATEGORIES = 'empty categories stay empty there; ours adds half a count to each';

const EVIDENTLY: Readonly<Record<string, string>> = {
  ks: 'the p-values of both are computed differently',
  wasserstein: 'divides by at least 0.001, so a column that varies less is not measured in its own deviations',
  chisquare:
    'tests the current counts as if the reference were exact, which alarms in 27 % of cases without drift at 500 against 500 rows (nominal 5 %), and gives p = 0 for any new category; ours is the contingency form',
  z: 'takes 1 − Φ(|z|), which keeps no digits of small p-values',
  jensenshannon: BINS('Sturges bins over both files together, which move with the current one'),
  psi: BINS(
    'Sturges bins over both files together, and an empty bin becomes 0.0001 on its own side; the number of bins asked for is ignored',
  ),
  kl_div: BINS('Sturges bins over both files together, an empty bin becomes 0.0001, reference against current'),
  hellinger: BINS('Sturges bins for the number of different values, not of rows'),
};

const NANNYML: Readonly<Record<string, string>> = {
  jensen_shannon: `${BINS('Doane bins over the reference and one bin for what lies outside, in base 2')}, in base e`,
  kolmogorov_smirnov: 'from 10,000 reference values on the largest difference is looked for at the edges of 10,000 bins only',
  wasserstein: 'from 10,000 reference values on in 10,000 bins, with one value too many counted below the reference (n + 1)',
  hellinger: BINS('Doane bins over the reference and one bin for what lies outside'),
  chi2: 'the statistics of both are computed differently',
  l_infinity: 'the shares of both are computed differently',
};

const PER_VALUE: Readonly<Record<string, string>> = {
  jensenshannon: CATEGORIES,
  hellinger: CATEGORIES,
  psi: 'an empty category becomes 0.0001 on its own side there, which one new category can let explode; ours adds half a count to each',
  kl_div: 'an empty category becomes 0.0001 there; ours adds half a count to each',
  jensen_shannon:
    'categories the reference never saw are one bin there, empty ones stay empty, and the logarithm is in base 2; ours adds half a count to each, in base e',
};

/** Why the number of a peer's method is not ours. */
export const reasonFor = (peer: Peer, name: string, parameters: Parameters): string => {
  const perValue = parameters['binning'] === 'values' ? PER_VALUE[name] : undefined;
  return perValue ?? (peer === 'evidently-0.7' ? EVIDENTLY : NANNYML)[name] ?? 'the definitions differ';
};

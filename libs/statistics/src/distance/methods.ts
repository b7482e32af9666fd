import { BOTH, bins, distribution, type Method } from '../method.js';
import { type DISTANCE_IDS } from '../method-ids.js';
import { jensenShannon } from './jensen-shannon.js';
import { psi } from './psi.js';
import { wasserstein, wassersteinNormalised, wassersteinNormalisedOfBuckets, wassersteinOfBuckets } from './wasserstein.js';

/** Catalogue of the distances. A further one is a file with its oracle and spec, an id, and an entry here. */
export const DISTANCES: Readonly<Record<(typeof DISTANCE_IDS)[number], Method>> = {
  wasserstein: distribution({
    id: 'wasserstein',
    version: 1,
    range: '0 = same, unbounded, in units of the feature',
    meaning: 'Mean distance by which values moved.',
    cost: 'n + m',
    source: 'Vaserstein, Problems of Information Transmission 5 (1969), 64-72',
    fromSorted: wasserstein,
    fromBuckets: wassersteinOfBuckets,
  }),
  wasserstein_normalised: distribution({
    id: 'wasserstein_normalised',
    version: 1,
    range: '0 = same, unbounded, in reference deviations',
    meaning: 'Mean distance by which values moved, in standard deviations of the reference.',
    cost: 'n + m',
    source: 'Vaserstein, Problems of Information Transmission 5 (1969), 64-72',
    fromSorted: wassersteinNormalised,
    fromBuckets: wassersteinNormalisedOfBuckets,
  }),
  psi: bins({
    id: 'psi',
    version: 1,
    kinds: BOTH,
    range: '0 = same shares, unbounded',
    meaning: 'Population stability index: how far the shares of the bins moved, both ways.',
    cost: 'bins',
    source: 'Siddiqi, Credit Risk Scorecards (2006), p. 136',
    fromBins: psi,
  }),
  jensen_shannon: bins({
    id: 'jensen_shannon',
    version: 1,
    kinds: BOTH,
    range: '0 = same shares, 0.8326 (base e) or 1 (base 2) = nothing in common',
    meaning: 'Jensen-Shannon distance: how far both share vectors are from their midpoint.',
    cost: 'bins',
    source: 'Endres and Schindelin, IEEE Trans. Inf. Theory 49 (2003), 1858',
    fromBins: jensenShannon,
  }),
};

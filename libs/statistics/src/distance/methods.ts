import { BOTH, bins, distribution, type Method } from '../method.js';
import { type DISTANCE_IDS } from '../method-ids.js';
import { bhattacharyya } from './bhattacharyya.js';
import { energyDistance } from './energy-distance.js';
import { hellinger } from './hellinger.js';
import { jensenShannon } from './jensen-shannon.js';
import { kullbackLeibler } from './kullback-leibler.js';
import { lInfinity } from './l-infinity.js';
import { mmd } from './mmd.js';
import { psi } from './psi.js';
import { totalVariation } from './total-variation.js';
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
  kullback_leibler: bins({
    id: 'kullback_leibler',
    version: 1,
    kinds: BOTH,
    range: '0 = same shares, unbounded',
    meaning: 'Kullback-Leibler divergence of the current shares from those of the reference.',
    cost: 'bins',
    source: 'Kullback and Leibler, Annals of Mathematical Statistics 22 (1951), 79-86',
    fromBins: kullbackLeibler,
  }),
  hellinger: bins({
    id: 'hellinger',
    version: 1,
    kinds: BOTH,
    range: '0 = same shares, 1 = nothing in common',
    meaning: 'Hellinger distance: how far the roots of the shares are apart.',
    cost: 'bins',
    source: 'Hellinger, Journal fuer die reine und angewandte Mathematik 136 (1909), 210-271',
    fromBins: hellinger,
  }),
  total_variation: bins({
    id: 'total_variation',
    version: 1,
    kinds: BOTH,
    range: '0 = same shares, 1 = nothing in common',
    meaning: 'Share of the rows that would have to change their bin or category.',
    cost: 'bins',
    source: 'Levin and Peres, Markov Chains and Mixing Times (2017), proposition 4.2',
    fromBins: totalVariation,
  }),
  bhattacharyya: bins({
    id: 'bhattacharyya',
    version: 1,
    kinds: BOTH,
    range: '0 = same shares, unbounded',
    meaning: 'Bhattacharyya distance: minus the logarithm of what both share vectors have in common.',
    cost: 'bins',
    source: 'Bhattacharyya, Bulletin of the Calcutta Mathematical Society 35 (1943), 99-109',
    fromBins: bhattacharyya,
  }),
  l_infinity: bins({
    id: 'l_infinity',
    version: 1,
    kinds: BOTH,
    range: '0 = same shares, 1 = all rows went from one bin to another',
    meaning: 'How much the share of the bin or category that moved most has moved.',
    cost: 'bins',
    source: 'Deza and Deza, Encyclopedia of Distances (2009), ch. 14',
    fromBins: (reference, current) => lInfinity(reference, current),
  }),
  energy_distance: distribution({
    id: 'energy_distance',
    version: 1,
    range: '0 = same, unbounded, in the root of the unit of the feature',
    meaning: 'How much farther values of different samples lie from each other than values of the same.',
    cost: 'n + m',
    source: 'Székely and Rizzo, J. Stat. Planning and Inference 143 (2013), 1249-1272',
    fromSorted: energyDistance,
  }),
  mmd: distribution({
    id: 'mmd',
    version: 3,
    range: 'just below 0 = same, 0 is expected without drift, 2 = nothing alike',
    meaning: 'Maximum mean discrepancy, squared: how much more alike values of one sample are than values of both, with its p-value.',
    cost: '200 splits of some forty (n + m), of (n + m)² with far outliers; at most 2,000 values a side',
    source: 'Gretton et al., J. Machine Learning Research 13 (2012), 723-773',
    fromSorted: (reference, current, { valuesMax } = {}) => mmd(reference, current, valuesMax === undefined ? {} : { valuesMax }),
  }),
};

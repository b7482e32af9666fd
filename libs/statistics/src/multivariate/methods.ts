import { MULTIVARIATE_IDS, type MultivariateId } from '../method-ids.js';
import { domainClassifier } from './domain-classifier.js';
import { multivariateEnergy } from './multivariate-energy.js';
import { multivariateMmd } from './multivariate-mmd.js';
import { pcaReconstruction } from './pca-reconstruction.js';
import { type RowsMethod } from './rows-method.js';
import { type Table } from './table.js';

type MultivariateMethod = RowsMethod<MultivariateId, Table>;

const CATALOGUE: Readonly<Record<MultivariateId, MultivariateMethod>> = {
  pca_reconstruction: {
    id: 'pca_reconstruction',
    version: 2,
    range: '0 = the structure of the reference explains both alike, unbounded, in reference deviations',
    meaning: 'How much worse or better the principal components of the reference explain the current rows than its own, with its p-value.',
    cost: '(n + m) columns², and 199 splits of up to 1,000 rows a side, each fitted anew',
    source: 'Jackson and Mudholkar, Technometrics 21 (1979), 341-349',
    fromRows: (reference, current) => pcaReconstruction(reference, current),
  },
  domain_classifier: {
    id: 'domain_classifier',
    version: 2,
    range: '0.5 is expected without drift (below is chance), 1 = told apart without exception',
    meaning:
      'How well boosted trees tell current rows from reference rows they were not trained on (area under the ROC curve), with its p-value.',
    cost: '100 splits, 5 folds, 10 trees of (n + m) columns, at most 1,000 rows a side',
    source: 'Lopez-Paz and Oquab, ICLR 2017, "Revisiting classifier two-sample tests"',
    fromRows: (reference, current) => domainClassifier(reference, current),
  },
  multivariate_mmd: {
    id: 'multivariate_mmd',
    version: 2,
    range: 'just below 0 = same, 0 is expected without drift, 2 = nothing alike',
    meaning: 'Maximum mean discrepancy, squared: how much more alike rows of one sample are than rows of both, with its p-value.',
    cost: '(n + m)² (columns + 200 splits), at most 1,000 rows a side',
    source: 'Gretton et al., J. Machine Learning Research 13 (2012), 723-773',
    fromRows: (reference, current) => multivariateMmd(reference, current),
  },
  multivariate_energy: {
    id: 'multivariate_energy',
    version: 2,
    range: '0 = same, unbounded, in the root of a pooled deviation',
    meaning: 'How much farther rows of different samples lie from each other than rows of the same, with its p-value.',
    cost: '(n + m)² (columns + 200 splits), at most 1,000 rows a side',
    source: 'Székely and Rizzo, InterStat 11 (2004), "Testing for equal distributions in high dimension"',
    fromRows: (reference, current) => multivariateEnergy(reference, current),
  },
};

/** Methods over several columns together, in the order of their ids. */
export const MULTIVARIATE_METHODS: readonly MultivariateMethod[] = MULTIVARIATE_IDS.map((id) => CATALOGUE[id]);

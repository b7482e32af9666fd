import { VECTOR_IDS, type VectorId } from '../method-ids.js';
import { type RowsMethod } from '../multivariate/rows-method.js';
import { centroidDistance } from './centroid-distance.js';
import { shareOfDriftedDimensions } from './share-of-drifted-dimensions.js';
import { vectorMmd } from './vector-mmd.js';
import { type Vectors } from './vectors.js';

type VectorMethod = RowsMethod<VectorId, Vectors>;

const CATALOGUE: Readonly<Record<VectorId, VectorMethod>> = {
  centroid_distance: {
    id: 'centroid_distance',
    version: 2,
    range: '0 = same mean, unbounded, in the unit of the vectors',
    meaning: 'Euclidean distance of the mean vectors, with its p-value.',
    cost: '(n + m) dimension, and 199 splits of up to 2,000 vectors a side',
    source: 'Rabanser, Günnemann and Lipton, NeurIPS 32 (2019), 1396-1408',
    fromRows: (reference, current) => centroidDistance(reference, current),
  },
  vector_mmd: {
    id: 'vector_mmd',
    version: 2,
    range: 'just below 0 = same, 0 is expected without drift, 2 = nothing alike',
    meaning: 'Maximum mean discrepancy, squared: how much more alike vectors of one sample are than vectors of both, with its p-value.',
    cost: '(n + m)² (dimension + 200 splits), at most 1,000 vectors a side',
    source: 'Gretton et al., J. Machine Learning Research 13 (2012), 723-773',
    fromRows: (reference, current) => vectorMmd(reference, current),
  },
  share_of_drifted_dimensions: {
    id: 'share_of_drifted_dimensions',
    version: 1,
    range: '0 = no dimension moved, 1 = every one did',
    meaning: 'Share of the dimensions that moved by Kolmogorov-Smirnov, adjusted for their number, with the p-value that none did.',
    cost: 'dimension (n log n + m log m)',
    source: 'Benjamini and Hochberg, J. R. Statist. Soc. B 57 (1995), 289-300; Simes, Biometrika 73 (1986), 751-754',
    fromRows: (reference, current) => shareOfDriftedDimensions(reference, current),
  },
};

/** Methods over vectors, in the order of their ids. */
export const VECTOR_METHODS: readonly VectorMethod[] = VECTOR_IDS.map((id) => CATALOGUE[id]);

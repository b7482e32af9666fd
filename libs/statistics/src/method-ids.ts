/** Distances: how far, on a scale that does not grow with the sample. */
export const DISTANCE_IDS = [
  'wasserstein',
  'wasserstein_normalised',
  'psi',
  'jensen_shannon',
  'kullback_leibler',
  'hellinger',
  'total_variation',
  'bhattacharyya',
  'l_infinity',
  'energy_distance',
  'mmd',
] as const;
/** Two-sample tests of numbers. */
export const NUMERIC_TEST_IDS = [
  'kolmogorov_smirnov',
  'mann_whitney',
  'welch_t',
  'student_t',
  'cramer_von_mises',
  'anderson_darling',
  'kuiper',
  'epps_singleton',
] as const;
/** Tests of counts per category. */
export const CATEGORICAL_TEST_IDS = ['chi_square', 'g_test', 'fisher_exact', 'two_proportion_z', 'cramers_v'] as const;

/** Ids of the drift methods, as they appear on the command line, in events and in GraphQL. */
export const METHOD_IDS = [...NUMERIC_TEST_IDS, ...DISTANCE_IDS, ...CATEGORICAL_TEST_IDS] as const;
export type MethodId = (typeof METHOD_IDS)[number];

/** Methods over several columns together. */
export const MULTIVARIATE_IDS = ['pca_reconstruction', 'domain_classifier', 'multivariate_mmd', 'multivariate_energy'] as const;
export type MultivariateId = (typeof MULTIVARIATE_IDS)[number];

/** Methods over vectors, such as embeddings. */
export const VECTOR_IDS = ['centroid_distance', 'vector_mmd', 'share_of_drifted_dimensions'] as const;
export type VectorId = (typeof VECTOR_IDS)[number];

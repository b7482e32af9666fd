import { StatisticsError } from '../errors.js';
import { type Random } from '../random.js';
import { type Points } from '../multivariate/points.js';
import { seededByComparison, takenPlaces } from '../splits.js';

/** Vectors in row order, such as embeddings. */
export type Vectors = readonly ArrayLike<number>[];

const requireVectors = (name: string, vectors: Vectors, dimension: number): void => {
  for (const vector of vectors) {
    if (vector.length !== dimension) throw new StatisticsError(`${name} requires vectors of one length`);
    for (let i = 0; i < dimension; i += 1) if (!Number.isFinite(vector[i])) throw new StatisticsError(`${name} requires finite values`);
  }
};

/**
 * Refuses what is no pair of samples of vectors, and says how long the vectors are.
 * @throws StatisticsError `<name> requires at least 2 vectors in each sample` | `… vectors with at least one element` | `… vectors of one length` | `… finite values`
 */
export const dimensionOf = (name: string, reference: Vectors, current: Vectors): number => {
  if (Math.min(reference.length, current.length) < 2) throw new StatisticsError(`${name} requires at least 2 vectors in each sample`);
  const dimension = reference[0]?.length ?? 0;
  if (dimension === 0) throw new StatisticsError(`${name} requires vectors with at least one element`);
  requireVectors(name, reference, dimension);
  requireVectors(name, current, dimension);
  return dimension;
};

/** A generator that the vectors themselves seed, by how those of one sample compare with those of the other in every element. The caller has checked them. */
export const seededByVectors = (reference: Vectors, current: Vectors): Random =>
  seededByComparison({
    n: reference.length,
    m: current.length,
    columns: reference[0]?.length ?? 0,
    compare: (element, i, j) => Math.sign((reference[i]?.[element] ?? NaN) - (current[j]?.[element] ?? NaN)),
  });

/** Both samples one after the other, from each at most `most` vectors, each as likely as any other. The caller has checked them. */
export const pooledVectors = (samples: readonly [Vectors, Vectors], most: number, random: Random): Points & { readonly n: number } => {
  const [reference, current] = samples;
  const dimension = reference[0]?.length ?? 0;
  const [first, second] = [takenPlaces(reference.length, most, random), takenPlaces(current.length, most, random)];
  const rows = first.length + second.length;
  const numbers = new Float64Array(rows * dimension);
  first.forEach((place, i) => numbers.set(reference[place] ?? [], i * dimension));
  second.forEach((place, i) => numbers.set(current[place] ?? [], (first.length + i) * dimension));
  return { n: first.length, rows, dimension, numbers, words: 0, codes: new Int32Array(0) };
};

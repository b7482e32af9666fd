import { binomialProbability } from './binomial.js';

/** An urn: `marked` of `size` balls are marked, `drawn` are drawn without putting back. Whole numbers, 0 < drawn < size. */
export type Urn = { readonly size: number; readonly marked: number; readonly drawn: number };

/**
 * Probability of x marked balls among those drawn, as a quotient of three binomial probabilities of one success probability, each of which is
 * good to some 14 digits however large the counts. Range 0 to 1; 0 outside of what can be drawn. `scipy.stats.hypergeom.pmf`.
 * Source: Loader, Fast and Accurate Computation of Binomial Probabilities (2000).
 */
export const hypergeometricProbability = (x: number, { size, marked, drawn }: Urn): number => {
  if (x < Math.max(0, marked + drawn - size) || x > Math.min(marked, drawn)) return 0;
  const p = drawn / size;
  const excess = (x * size - marked * drawn) / size;
  const unmarked = binomialProbability(drawn - x, size - marked, p, -excess);
  return (binomialProbability(x, marked, p, excess) * unmarked) / binomialProbability(drawn, size, p, 0);
};

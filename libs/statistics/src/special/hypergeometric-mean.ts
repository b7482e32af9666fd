import { CompensatedSum } from '../summation.js';
import { hypergeometricProbability, type Urn } from './hypergeometric.js';

/** Numbers less likely than this against the likeliest add nothing to a mean. */
const NEGLIGIBLE = 1e-18;

/** Odds of x + 1 marked balls among those drawn to x. */
const step = (x: number, { size, marked, drawn }: Urn): number =>
  ((marked - x) * (drawn - x)) / ((x + 1) * (size - marked - drawn + x + 1));

/**
 * Mean of f over how many marked balls are drawn. f may be 0 and above and grow no faster than a power of x. From the likeliest number
 * outwards, some twenty deviations of it: O(√marked).
 * @example hypergeometricMean({ size: 100, marked: 20, drawn: 50 }, (x) => x) // 10
 */
export const hypergeometricMean = (urn: Urn, f: (x: number) => number): number => {
  const { size, marked, drawn } = urn;
  const [least, most] = [Math.max(0, marked + drawn - size), Math.min(marked, drawn)];
  const mode = Math.min(Math.max(Math.floor(((marked + 1) * (drawn + 1)) / (size + 2)), least), most);
  const likeliest = hypergeometricProbability(mode, urn);
  const sum = new CompensatedSum();
  sum.add(likeliest * f(mode));
  for (let [x, p] = [mode, likeliest]; x < most && p > NEGLIGIBLE * likeliest; x += 1) {
    p *= step(x, urn);
    sum.add(p * f(x + 1));
  }
  for (let [x, p] = [mode, likeliest]; x > least && p > NEGLIGIBLE * likeliest; x -= 1) {
    p /= step(x - 1, urn);
    sum.add(p * f(x - 1));
  }
  return sum.value;
};

import { hypergeometricProbability, type Urn } from '../special/hypergeometric.js';
import { CompensatedSum } from '../summation.js';

/** Odds at x + step to those at x. */
const ratio = (x: number, { size, marked, drawn }: Urn, step: 1 | -1): number => {
  if (step === 1) return ((marked - x) * (drawn - x)) / ((x + 1) * (size - marked - drawn + x + 1));
  return (x * (size - marked - drawn + x)) / ((marked - x + 1) * (drawn - x + 1));
};

/** Probability of `from` and everything beyond it, away from the mode, until a further term changes nothing. 0 outside of what can be drawn. */
export const hypergeometricTail = (from: number, urn: Urn, step: 1 | -1): number => {
  const sum = new CompensatedSum();
  let term = hypergeometricProbability(from, urn);
  for (let x = from; term > sum.value * 1e-18; x += step) {
    sum.add(term);
    term *= ratio(x, urn, step);
  }
  return sum.value;
};

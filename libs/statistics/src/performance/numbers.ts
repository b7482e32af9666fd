import { requireFinite, requirePairs } from '../requirements.js';

/** Refuses anything but one finite answer per finite label. */
export const requireNumbers = (name: string, truth: ArrayLike<number>, answers: ArrayLike<number>): void => {
  requirePairs(name, truth, answers);
  requireFinite(name, truth);
  requireFinite(name, answers);
};

/** One loss per row. */
export const lossesOf = (
  truth: ArrayLike<number>,
  answers: ArrayLike<number>,
  loss: (truth: number, answer: number) => number,
): Float64Array => Float64Array.from({ length: truth.length }, (_, i) => loss(truth[i] ?? NaN, answers[i] ?? NaN));

import { StatisticsError } from '../errors.js';
import { type Score } from '../score.js';
import { studentTail } from '../special/student-tail.js';
import { directionOf } from './direction.js';

/** Current mean less reference mean, its standard error, the degrees of freedom of that error, and how large one step of all this is. */
type Difference = { readonly difference: number; readonly error: number; readonly degrees: number; readonly unit: number };

/**
 * A two-sided t test as a score: |difference / error|, with the p-value of Student's distribution. Two constant columns of one value are no
 * drift, with p = 1; two constants that differ have no error to measure their difference with, and are refused.
 * @throws StatisticsError `<name> requires values that vary, or that are all equal`
 */
export const tScore = (name: string, { difference, error, degrees, unit }: Difference): Score => {
  const score = difference === 0 ? 0 : Math.abs(difference) / error;
  if (!Number.isFinite(score)) throw new StatisticsError(`${name} requires values that vary, or that are all equal`);
  const pValue = score === 0 ? 1 : 2 * studentTail(score, degrees);
  const parameters = { alternative: 'two-sided', degrees, difference: difference * unit, direction: directionOf(difference) };
  return { score, pValue, parameters };
};

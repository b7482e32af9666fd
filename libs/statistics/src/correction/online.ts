import { StatisticsError } from '../errors.js';

/** Discoveries remembered at most. Forgetting the oldest can only lower later levels, so the promise holds; the state stays small. */
const DISCOVERIES_MAX = 1000;

/**
 * Everything an online procedure knows, as plain JSON: folding the same p-values from the same start gives the same levels, and a state that
 * was written down and read back goes on as if nothing had happened.
 */
export type OnlineBudget = {
  /** False discovery rate promised, between 0 and 1. */
  readonly rate: number;
  /** Tests so far, on the procedure's own clock (LORD++ counts all; SAFFRON those that were no candidates). */
  readonly clock: number;
  /** Discoveries so far. */
  readonly found: number;
  /** The clock at each discovery, ascending; the last thousand. */
  readonly discoveries: readonly number[];
};

/** What became of one test: the level it was given, whether it is a discovery, and the budget after it. */
export type OnlineVerdict = { readonly level: number; readonly discovery: boolean; readonly budget: OnlineBudget };

/** The budget before the first test. @throws StatisticsError `<name> requires a rate between 0 and 1` */
export const freshBudget = (name: string, rate: number): OnlineBudget => {
  if (!(rate > 0 && rate < 1)) throw new StatisticsError(`${name} requires a rate between 0 and 1`);
  return { rate, clock: 0, found: 0, discoveries: [] };
};

/** How a procedure pays: shares of the starting wealth and of what discoveries earn, by age on its clock. */
export type Payments = { readonly gamma: (age: number) => number; readonly wealth: number; readonly earned: number };

/** The level of the next test: γ(age) of the starting wealth, of the first discovery (less that wealth) and of every further one. */
export const nextLevel = ({ clock, found, discoveries }: OnlineBudget, { gamma, wealth, earned }: Payments): number => {
  const now = clock + 1;
  const rememberedFrom = found - discoveries.length;
  let level = wealth * gamma(now);
  discoveries.forEach((at, i) => {
    level += (rememberedFrom + i === 0 ? earned - wealth : earned) * gamma(now - at);
  });
  return level;
};

/** The budget after a test. `ticks` is 0 where the procedure's clock stands still for it. */
export const spent = (budget: OnlineBudget, ticks: 0 | 1, discovery: boolean): OnlineBudget => {
  const clock = budget.clock + ticks;
  const discoveries = discovery ? [...budget.discoveries, clock].slice(-DISCOVERIES_MAX) : budget.discoveries;
  return { ...budget, clock, found: budget.found + (discovery ? 1 : 0), discoveries };
};

/** @throws StatisticsError `<name> requires a p-value between 0 and 1` */
export const requireProbability = (name: string, pValue: number): void => {
  if (!(pValue >= 0 && pValue <= 1)) throw new StatisticsError(`${name} requires a p-value between 0 and 1`);
};

import { freshBudget, nextLevel, type OnlineBudget, type OnlineVerdict, requireProbability, spent } from './online.js';

/** Makes the payments add up to at most 1 (they add up to 0.976): the constant other implementations use, so that levels can be compared. */
const NORMALISATION = 0.077_208_38;

const gamma = (age: number): number => (NORMALISATION * Math.log(Math.max(age, 2))) / (age * Math.exp(Math.sqrt(Math.log(age))));

/** A budget for LORD++ that promises this false discovery rate. @throws StatisticsError `lord requires a rate between 0 and 1` */
export const lordBudget = (rate: number): OnlineBudget => freshBudget('lord', rate);

/**
 * LORD++: judges an endless sequence of p-values one at a time and keeps the expected share of false alarms among all alarms, at any moment,
 * at or below the rate of the budget.
 *
 * Each test is given a level that depends on earlier discoveries alone: γ(t)·w + (rate − w)·γ(t − first) + rate·Σ γ(t − later), with
 * γ(j) = 0.0772·ln(max(j, 2)) / (j·e^√ln j) and starting wealth w = rate / 10; p ≤ level is a discovery. For independent p-values (for the
 * marginal rate, p-values valid given the past are enough). Pure: the budget is returned, not changed. O(discoveries), at most a thousand.
 * Source: Javanmard and Montanari, Ann. Statist. 46 (2018), 526-554, with the levels of Ramdas, Yang, Wainwright and Jordan, NIPS 2017,
 * section 3. Oracle: oracles/online-false-discovery.json (numpy, from the paper, tolerance 1e-12 relative).
 * @throws StatisticsError `lord requires a p-value between 0 and 1`
 * @example lord(lordBudget(0.05), 0.0001) // { level: 0.000267…, discovery: true, budget: { … found: 1 } }
 */
export const lord = (budget: OnlineBudget, pValue: number): OnlineVerdict => {
  requireProbability('lord', pValue);
  const level = nextLevel(budget, { gamma, wealth: budget.rate / 10, earned: budget.rate });
  const discovery = pValue <= level;
  return { level, discovery, budget: spent(budget, 1, discovery) };
};

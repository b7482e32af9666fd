import { freshBudget, nextLevel, type OnlineBudget, type OnlineVerdict, requireProbability, spent } from './online.js';

/** p-values up to here are candidates; λ of the paper. */
const CANDIDATE = 0.5;
/** One over ζ(1.6), the sum of j^−1.6, rounded down. */
const NORMALISATION = 0.437_490_16;

const gamma = (age: number): number => NORMALISATION * age ** -1.6;

/** A budget for SAFFRON that promises this false discovery rate. @throws StatisticsError `saffron requires a rate between 0 and 1` */
export const saffronBudget = (rate: number): OnlineBudget => freshBudget('saffron', rate);

/**
 * SAFFRON: LORD++ that does not pay for candidates. Tests with p ≤ ½ leave the clock standing, so where many subjects drift at once more are
 * found; where nearly nothing drifts LORD++ finds as much.
 *
 * Level = min(½, w·γ(t) + (rate/2 − w)·γ(t − first) + rate/2·Σ γ(t − later)) on the clock of tests that were no candidates, γ(j) = j^−1.6/ζ(1.6)
 * and w = rate / 4; p ≤ level is a discovery. For independent p-values. Pure: the budget is returned, not changed. O(discoveries), at most a
 * thousand. Source: Ramdas, Zrnic, Wainwright and Jordan, ICML 2018 (PMLR 80, 4286-4294), algorithm 1.
 * Oracle: oracles/online-false-discovery.json (numpy, from the paper, tolerance 1e-12 relative).
 * @throws StatisticsError `saffron requires a p-value between 0 and 1`
 * @example saffron(saffronBudget(0.05), 0.0001) // { level: 0.00546…, discovery: true, budget: { … found: 1 } }
 */
export const saffron = (budget: OnlineBudget, pValue: number): OnlineVerdict => {
  requireProbability('saffron', pValue);
  const earned = (1 - CANDIDATE) * budget.rate;
  const level = Math.min(CANDIDATE, nextLevel(budget, { gamma, wealth: earned / 2, earned }));
  const discovery = pValue <= level;
  return { level, discovery, budget: spent(budget, pValue <= CANDIDATE ? 0 : 1, discovery) };
};

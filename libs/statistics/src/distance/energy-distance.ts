import { StatisticsError } from '../errors.js';
import { requireSorted } from '../requirements.js';
import { type Score } from '../score.js';
import { CompensatedSum } from '../summation.js';

/**
 * Energy distance between two samples: √(2 E|X − Y| − E|X − X'| − E|Y − Y'|), in one dimension the root of twice the area under the squared
 * difference of both empirical distribution functions, (F − G)².
 *
 * In the root of the feature's unit: values ten times as large score √10 times as much. 0 means equal samples; unbounded; symmetric;
 * unchanged when both samples are shifted alike. Weighs a shift of everything more than a few far values, which Wasserstein counts in full.
 * Ties need no care. `scipy.stats.energy_distance`. Smallest sample: one value a side. O(n + m) on sorted input, where the definition by
 * pairs is quadratic. Source: Székely and Rizzo, Journal of Statistical Planning and Inference 143 (2013), 1249-1272, eq. 2.
 * Oracle: oracles/energy-distance.json (scipy, tolerance 1e-12 relative).
 * @param reference ascending
 * @param current ascending
 * @throws StatisticsError `energyDistance requires at least one value in each sample` | `energyDistance requires sorted, finite values` |
 *   `energyDistance requires values whose distances are finite`
 * @example energyDistance([0, 8], [0, 8, 8, 8]).score // 1
 */
export const energyDistance = (reference: ArrayLike<number>, current: ArrayLike<number>): Score => {
  requireSorted('energyDistance', reference);
  requireSorted('energyDistance', current);
  const [n, m] = [reference.length, current.length];
  const area = new CompensatedSum();
  let [i, j, last] = [0, 0, Math.min(reference[0] ?? NaN, current[0] ?? NaN)];
  while (i < n || j < m) {
    const at = Math.min(reference[i] ?? Infinity, current[j] ?? Infinity);
    area.add((i / n - j / m) ** 2 * (at - last));
    while (i < n && reference[i] === at) i += 1;
    while (j < m && current[j] === at) j += 1;
    last = at;
  }
  const score = Math.sqrt(2 * area.value);
  if (!Number.isFinite(score)) throw new StatisticsError('energyDistance requires values whose distances are finite');
  return { score, parameters: { unit: 'root of the feature' } };
};

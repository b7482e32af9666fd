import { CompensatedSum } from '../summation.js';

/** A place where the bridge counts: where on the axis from 0 to 1, with what variance, and how much its square weighs. */
type Place = { readonly at: number; readonly variance: number; readonly weight: number };

/**
 * Mean and variance of a weighted sum of squares of a Brownian bridge: what the statistics of Cramér-von Mises and Anderson-Darling tend to
 * without drift when equal values leave only so many places to compare at. The bridge has the covariance s(1 − t) between places s < t
 * (averages over separate stretches have it between their middles), so the mean is Σ w·variance and the variance
 * 2 ΣΣ w w'·covariance², whose inner sum is kept as it goes. Places in ascending order; O(1) each.
 */
export class SquaredBridge {
  private readonly means = new CompensatedSum();
  private readonly variances = new CompensatedSum();
  private readonly before = new CompensatedSum();

  add({ at, variance, weight }: Place): void {
    this.means.add(weight * variance);
    this.variances.add(2 * (weight * variance) ** 2 + 4 * weight * (1 - at) ** 2 * this.before.value);
    this.before.add(weight * at * at);
  }

  get mean(): number {
    return this.means.value;
  }

  get variance(): number {
    return this.variances.value;
  }
}

/**
 * Neumaier's compensated sum: the rounding error of each addition is carried along and added at the end, so the result does
 * not depend on lucky grouping (1 + 1e100 + 1 - 1e100 is 2, not 0). About three times the cost of a plain sum.
 * Source: Neumaier, ZAMM 54 (1974), 39-51.
 */
export class CompensatedSum {
  private sum = 0;
  private lost = 0;

  add(value: number): void {
    const next = this.sum + value;
    this.lost += Math.abs(this.sum) >= Math.abs(value) ? this.sum - next + value : value - next + this.sum;
    this.sum = next;
  }

  /** Infinity and NaN pass through as a plain sum would give them. */
  get value(): number {
    return Number.isFinite(this.sum) ? this.sum + this.lost : this.sum;
  }
}

/** Compensated sum of `f(value)` over the values; 0 for none. */
export const compensatedSum = (values: ArrayLike<number>, f: (value: number, index: number) => number = (value) => value): number => {
  const total = new CompensatedSum();
  for (let i = 0; i < values.length; i += 1) total.add(f(values[i] ?? 0, i));
  return total.value;
};

/** Compensated arithmetic mean. The caller guarantees at least one value. */
export const compensatedMean = (values: ArrayLike<number>): number => compensatedSum(values) / values.length;

/**
 * Population standard deviation (numpy `std`, ddof 0), two passes. The caller guarantees at least one value. Infinite or NaN where the square
 * of a distance from the mean, or a sum, is beyond 1.8e308.
 */
export const populationDeviation = (values: ArrayLike<number>): number => {
  const mean = compensatedMean(values);
  return Math.sqrt(compensatedSum(values, (value) => (value - mean) ** 2) / values.length);
};

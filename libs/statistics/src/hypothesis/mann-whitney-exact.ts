/**
 * Probability that a Mann-Whitney statistic of n and m values without ties is at most u, when both come from one distribution. Exact but for
 * rounding: relative error below 1e-13 where one sample has at most eight values.
 *
 * The number of orders with each statistic is a coefficient of the Gaussian binomial Π (1 − q^(m + i)) / (1 − q^i), i = 1 … n, multiplied out
 * one factor at a time up to q^u. min(n, m) · u steps and u numbers of memory, so it is for a small sample beside one of any size.
 * Source: Mann and Whitney, Ann. Math. Stat. 18 (1947), 50-60; Andrews, The Theory of Partitions (1976), theorem 3.1.
 */
export const mannWhitneyBelow = (n: number, m: number, u: number): number => {
  const [small, large] = [Math.min(n, m), Math.max(n, m)];
  const orders = new Float64Array(u + 1);
  orders[0] = 1;
  let all = 1;
  for (let i = 1; i <= small; i += 1) {
    all *= (large + i) / i;
    for (let at = u; at >= large + i; at -= 1) orders[at] = (orders[at] ?? 0) - (orders[at - large - i] ?? 0);
    for (let at = i; at <= u; at += 1) orders[at] = (orders[at] ?? 0) + (orders[at - i] ?? 0);
  }
  return orders.reduce((sum, count) => sum + count, 0) / all;
};

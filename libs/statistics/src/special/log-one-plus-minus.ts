/**
 * ln(1 + x) − x without cancellation near 0, for x > −1.
 * Written as a series in x / (2 + x), which shrinks a small x by half and squares it in every step.
 */
export const logOnePlusMinus = (x: number): number => {
  if (Math.abs(x) > 0.4) return Math.log1p(x) - x;
  const r = x / (2 + x);
  const square = r * r;
  // ln(1 + x) = 2 (r + r³/3 + …) and 2r − x = −x r, so the first-order parts cancel on paper instead of in floating point.
  let power = r;
  let sum = 0;
  for (let k = 3; ; k += 2) {
    power *= square;
    const next = sum + power / k;
    if (next === sum) break;
    sum = next;
  }
  return 2 * sum - x * r;
};

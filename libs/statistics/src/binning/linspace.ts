/** `numpy.linspace(from, to, steps + 1)` in numpy's order of operations: the last value is exactly `to`. */
const linspace = (from: number, to: number, steps: number): number[] => {
  const step = (to - from) / steps;
  const edges = Array.from({ length: steps + 1 }, (_, i) => (step === 0 ? (i / steps) * (to - from) : i * step) + from);
  edges[steps] = to;
  return edges;
};

/** Outer edges as `numpy.histogram_bin_edges` takes them: a single point is widened by a half on each side. */
const outerEdges = (low: number, high: number): { readonly from: number; readonly to: number } =>
  low === high ? { from: low - 0.5, to: high + 0.5 } : { from: low, to: high };

/**
 * Number of equal bins for a wanted width as numpy rounds it. Whole numbers get no bins narrower than 1, as numpy does for integer types:
 * narrower ones would stay empty. A width of 0 gives one bin.
 */
export const binsOfWidth = (low: number, high: number, width: number, whole: boolean): number =>
  width > 0 ? Math.ceil((high - low) / (whole ? Math.max(width, 1) : width)) : 1;

/** Whether every value is a whole number. */
export const areWhole = (values: ArrayLike<number>): boolean => {
  for (let i = 0; i < values.length; i += 1) if (!Number.isInteger(values[i])) return false;
  return true;
};

/** The edges between equal bins, without the outermost two; values too close for so many bins give fewer cuts. */
export const innerEdges = (low: number, high: number, bins: number): number[] => {
  const { from, to } = outerEdges(low, high);
  return [...new Set(linspace(from, to, bins).slice(1, -1))];
};

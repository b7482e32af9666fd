import { type AlignedCategories, countBins, cutsFor, quantileOfSorted } from '#libs/statistics';
import { formatNumber } from './format.js';
import { type Picture } from './report.js';

const NUMERIC_BINS = 16;
const CATEGORIES = 12;

const shares = (counts: readonly number[]): number[] => {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (total === 0 ? 0 : count / total));
};

/** Names of the bins between cuts: "< 1", "1 – 2", "≥ 2". */
export const binLabels = (cuts: readonly number[], digits = 6): string[] => {
  const words = cuts.map((cut) => formatNumber(cut, digits));
  if (cuts.length === 0) return ['all'];
  return [`< ${words[0] ?? ''}`, ...words.slice(1).map((to, i) => `${words[i] ?? ''} – ${to}`), `≥ ${words[words.length - 1] ?? ''}`];
};

/** Equal bins over the middle 99 % of both sides together, so that one outlier does not flatten the picture. Not the bins of any score. */
export const numericPicture = (reference: Float64Array, current: Float64Array): Picture => {
  const sides = [reference, current].filter((side) => side.length > 0);
  if (sides.length === 0) return { labels: [], reference: [], current: [] };
  const low = Math.min(...sides.map((side) => quantileOfSorted(side, 0.005)));
  const high = Math.max(...sides.map((side) => quantileOfSorted(side, 0.995)));
  const cuts = cutsFor({ binning: 'equal_width', bins: NUMERIC_BINS }, [low, high], [low, high]);
  return { labels: binLabels(cuts, 4), reference: shares(countBins(reference, cuts)), current: shares(countBins(current, cuts)) };
};

/** The largest categories of both sides together, the rest as one. */
export const categoricalPicture = ({ categories, reference, current }: AlignedCategories): Picture => {
  const [r, c] = [shares(reference), shares(current)];
  const order = categories.map((_, i) => i).sort((a, b) => (r[b] ?? 0) + (c[b] ?? 0) - (r[a] ?? 0) - (c[a] ?? 0));
  const shown = order.slice(0, CATEGORIES);
  const rest = order.slice(CATEGORIES);
  const sum = (values: readonly number[]): number => rest.reduce((total, i) => total + (values[i] ?? 0), 0);
  const other = rest.length === 0 ? [] : [`${rest.length} others`];
  return {
    labels: [...shown.map((i) => categories[i] ?? ''), ...other],
    reference: [...shown.map((i) => r[i] ?? 0), ...other.map(() => sum(r))],
    current: [...shown.map((i) => c[i] ?? 0), ...other.map(() => sum(c))],
  };
};

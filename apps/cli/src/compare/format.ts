/** At most six (or `digits`) significant digits, without an exponent where a person would write none. */
export const formatNumber = (value: number, digits = 6): string => {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(3);
  return String(Number(value.toPrecision(digits)));
};

/** A score with four digits behind the point. */
export const formatScore = (score: number | null): string => {
  if (score === null) return '–';
  if (!Number.isFinite(score)) return '∞';
  return score !== 0 && Math.abs(score) < 1e-4 ? score.toExponential(1) : score.toFixed(4);
};

/** A p-value: three digits, small ones as a bound of their size. */
export const formatPValue = (p: number): string => (p < 0.001 ? (p < 1e-99 ? '<1e-99' : p.toExponential(0)) : p.toFixed(3));

/** A share as a percentage for people; machines get fractions. */
export const formatShare = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/** A count with its word: "1 row", "2 rows". */
export const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const BLOCKS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Shares as one line of blocks, scaled to `highest`; a share above zero never vanishes. */
export const sparkline = (shares: readonly number[], highest: number): string =>
  shares
    .map((share) => BLOCKS[share <= 0 || highest <= 0 ? 0 : Math.min(Math.max(Math.round((share / highest) * 8), 1), 8)] ?? ' ')
    .join('');

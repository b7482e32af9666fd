import { StatisticsError } from '../errors.js';
import { compensatedSum } from '../summation.js';

/**
 * What happens to empty bins before shares are compared; part of a score's definition.
 * `add`: the amount is added to every bin of both sides before shares are taken (default 0.5, Jeffreys). The score stays continuous in the counts.
 * `replace`: a share of zero becomes the given share, the others stay, nothing is scaled back to one: as peers do it.
 * `none`: empty bins stay empty; PSI is then infinite when a bin is empty on one side only.
 */
export type ZeroRule =
  { readonly kind: 'add'; readonly amount: number } | { readonly kind: 'replace'; readonly share: number } | { readonly kind: 'none' };

/** The rule used when none is named: 0.5 to every bin. */
export const DEFAULT_ZERO_RULE: ZeroRule = { kind: 'add', amount: 0.5 };

/** As written on the command line and in the parameters of a score: `add:0.5`, `replace:0.0001`, `none`. */
export const formatZeroRule = (rule: ZeroRule): string => {
  if (rule.kind === 'none') return 'none';
  return rule.kind === 'add' ? `add:${rule.amount}` : `replace:${rule.share}`;
};

/** @throws StatisticsError `parseZeroRule requires add:<amount above 0>, replace:<share between 0 and 1> or none` */
export const parseZeroRule = (text: string): ZeroRule => {
  if (text === 'none') return { kind: 'none' };
  const match = /^(add|replace):(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.exec(text);
  const amount = Number(match?.[2]);
  if (match?.[1] === 'add' && amount > 0 && Number.isFinite(amount)) return { kind: 'add', amount };
  if (match?.[1] === 'replace' && amount > 0 && amount < 1) return { kind: 'replace', share: amount };
  throw new StatisticsError('parseZeroRule requires add:<amount above 0>, replace:<share between 0 and 1> or none');
};

/** Shares per bin under a zero rule; the caller guarantees a positive total. */
export const sharesOf = (counts: readonly number[], rule: ZeroRule): number[] => {
  const total = compensatedSum(counts);
  if (rule.kind === 'add') return counts.map((count) => (count + rule.amount) / (total + rule.amount * counts.length));
  return counts.map((count) => (count === 0 && rule.kind === 'replace' ? rule.share : count / total));
};

/** The same scaled to a sum of one, which `replace` alone leaves undone. */
export const normalisedShares = (counts: readonly number[], rule: ZeroRule): number[] => {
  const shares = sharesOf(counts, rule);
  const total = compensatedSum(shares);
  return shares.map((share) => share / total);
};

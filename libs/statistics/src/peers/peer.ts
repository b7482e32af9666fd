import { StatisticsError } from '../errors.js';
import { requireSorted } from '../requirements.js';
import { type Parameters } from '../score.js';

/** A column of a file as a data frame of a peer holds it: values without the missing ones, and how many were missing. */
export type PeerColumn =
  | { readonly kind: 'numeric'; readonly sorted: ArrayLike<number>; readonly missing: number }
  | { readonly kind: 'categorical'; readonly values: readonly string[]; readonly missing: number };

/** Both sides of a column. */
export type PeerColumns = { readonly reference: PeerColumn; readonly current: PeerColumn };

/** The number a peer shows for a column. `score` is a p-value where the peer shows one: `direction` says which way is drift. */
export type PeerScore = {
  readonly score: number;
  readonly direction: 'drift when small' | 'drift when large';
  readonly parameters: Parameters;
};

export const isEmpty = (column: PeerColumn): boolean => (column.kind === 'numeric' ? column.sorted.length : column.values.length) === 0;

/** The values of a column that has to be numeric. @throws StatisticsError `<name> requires numbers on both sides` and as `requireSorted` */
export const numbersOf = (name: string, column: PeerColumn): ArrayLike<number> => {
  if (column.kind !== 'numeric') throw new StatisticsError(`${name} requires numbers on both sides`);
  requireSorted(name, column.sorted);
  return column.sorted;
};

/** How often each value occurs, numbers as words: peers that count values take 1 and 1.0 for one category. */
export const valueCounts = (name: string, column: PeerColumn): Map<string, number> => {
  if (isEmpty(column)) throw new StatisticsError(`${name} requires at least one value in each sample`);
  const counts = new Map<string, number>();
  const values = column.kind === 'numeric' ? Array.from(column.sorted, String) : column.values;
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
};

/** How many different values an ascending sample has. */
export const distinctOfSorted = (sorted: ArrayLike<number>): number => {
  let distinct = 0;
  for (let i = 0; i < sorted.length; i += 1) if (i === 0 || sorted[i] !== sorted[i - 1]) distinct += 1;
  return distinct;
};

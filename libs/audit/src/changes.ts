import { z } from 'zod';
import { type Change } from './described.js';

const Changes = z.array(z.object({ path: z.string(), before: z.unknown(), after: z.unknown() }));

/** The changes of a row. */
export const changesOf = (text: string): readonly Change[] => Changes.parse(JSON.parse(text));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Leaf by leaf what differs between two states; lists are compared whole. */
export const difference = (path: string, before: unknown, after: unknown): readonly Change[] => {
  if (!isObject(before) || !isObject(after)) return same(before, after) ? [] : [{ path, before: before ?? null, after: after ?? null }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => difference(`${path}.${key}`, before[key], after[key]));
};

/** Changes whose former value is unknown, told against the changes that set the same paths before. */
export const against = (changes: readonly Change[], earlier: readonly Change[]): readonly Change[] => {
  const former = new Map(earlier.map(({ path, after }) => [path, after]));
  return changes.flatMap((change) =>
    change.before === null && former.has(change.path) ? difference(change.path, former.get(change.path), change.after) : [change],
  );
};

import { type Kind } from '../method.js';

/** Names of columns with their kinds. */
export type Schema = Readonly<Record<string, Kind>>;

/** How the columns of two tables differ; names in code-unit order. */
export type SchemaDifference = {
  readonly missing: readonly string[];
  readonly added: readonly string[];
  /** Columns of both whose kind is another one. */
  readonly changed: readonly { readonly column: string; readonly reference: Kind; readonly current: Kind }[];
};

/** What the current table lacks, has in addition, and holds of another kind. The order of columns does not matter. O(columns log columns). */
export const schemaDifference = (reference: Schema, current: Schema): SchemaDifference => {
  const [a, b] = [new Map(Object.entries(reference)), new Map(Object.entries(current))];
  const names = [...a.keys()].sort();
  return {
    missing: names.filter((name) => !b.has(name)),
    added: [...b.keys()].filter((name) => !a.has(name)).sort(),
    changed: names.flatMap((column) => {
      const [before, after] = [a.get(column), b.get(column)];
      return before !== undefined && after !== undefined && before !== after ? [{ column, reference: before, current: after }] : [];
    }),
  };
};

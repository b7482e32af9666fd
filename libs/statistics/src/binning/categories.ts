/** Counts per category of two samples over one list of categories, in code-unit order, so that the order of arrival does not matter. */
export type AlignedCategories = {
  readonly categories: readonly string[];
  readonly reference: readonly number[];
  readonly current: readonly number[];
};

/** How often each word occurs. */
export const countCategories = (values: Iterable<string>): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
};

/** The union of the categories of both sides; a category one side never saw counts 0 there. */
export const alignCategories = (reference: ReadonlyMap<string, number>, current: ReadonlyMap<string, number>): AlignedCategories => {
  const categories = [...new Set([...reference.keys(), ...current.keys()])].sort();
  return {
    categories,
    reference: categories.map((category) => reference.get(category) ?? 0),
    current: categories.map((category) => current.get(category) ?? 0),
  };
};

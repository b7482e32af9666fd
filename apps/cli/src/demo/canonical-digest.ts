import { createHash } from 'node:crypto';

/** JSON with the members of every object in the order of their names and without white space: equal values give equal text. */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
};

/** The value without members of these names, however deep they are. */
export const without = (value: unknown, names: ReadonlySet<string>): unknown => {
  if (Array.isArray(value)) return value.map((element: unknown) => without(element, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !names.has(name))
      .map(([name, member]: [string, unknown]) => [name, without(member, names)]),
  );
};

/** SHA-256, hex, over values as canonical JSON, one a line, in the order of that text: the order they were answered in has no say. */
export const digestOf = (values: readonly unknown[]): string => {
  const hash = createHash('sha256');
  for (const line of values.map(canonicalJson).sort()) hash.update(line).update('\n');
  return hash.digest('hex');
};

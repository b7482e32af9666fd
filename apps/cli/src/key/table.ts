import { type ListedPrincipal } from './answers.js';

/** One line per key, principals without keys included, in columns as wide as they need to be. */
export const keyTable = (principals: readonly ListedPrincipal[]): string => {
  const rows = principals.flatMap(({ name, kind, roles, keys }) => {
    const who = [name, kind, roles.join(',') || '-'];
    if (keys.length === 0) return [[...who, '-', '-', '-', '-']];
    return keys.map((key) => [...who, key.keyId, key.status, key.revokedAt ?? key.expiresAt ?? '-', key.label]);
  });
  return table(['principal', 'kind', 'roles', 'key', 'status', 'until', 'label'], rows);
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${[head, ...rows].map(line).join('\n')}\n`;
};

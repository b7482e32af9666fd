import { type Entry } from './answers.js';

/** Control characters could move the cursor or recolour a terminal; entries quote names chosen by others. */
const plain = (text: string): string => text.replace(/\p{Cc}/gu, ' ');

/** One line per entry, newest first; below it the reason, where one was given. */
export const trailTable = (entries: readonly Entry[]): string => {
  if (entries.length === 0) return 'No entries.\n';
  const rows = entries.map((entry) => ({
    head: [entry.position, entry.recordedAt, entry.class.toLowerCase(), plain(`${entry.actor.kind.toLowerCase()} by ${entry.actor.via}`)],
    entry,
  }));
  const widths = ['position', 'recorded', 'class', 'actor'].map((title, column) =>
    Math.max(title.length, ...rows.map(({ head }) => head[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[], last: string): string =>
    [...cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)), last].join('  ').trimEnd();
  const body = rows.flatMap(({ head, entry }) => [
    line(head, plain(entry.summary)),
    ...(entry.reason === null ? [] : [line(['', '', '', ''], `reason: ${plain(entry.reason)}`)]),
  ]);
  return `${[line(['position', 'recorded', 'class', 'actor'], 'what'), ...body].join('\n')}\n`;
};

/** An INSERT whose rows follow in the body, and its parts. */
export type InsertOfRows =
  | {
      readonly kind: 'plain';
      readonly table: string;
      readonly columns: readonly string[] | undefined;
      readonly settings: string;
      readonly format: string;
    }
  | { readonly kind: 'input'; readonly before: string; readonly structure: string; readonly after: string; readonly format: string };

const PLAIN = /^\s*INSERT\s+INTO\s+(?:TABLE\s+)?([\w.`]+)\s*(?:\(([^)]*)\))?\s*(?:SETTINGS\s+(.*?))?\s*FORMAT\s+(\w+)\s*$/is;
const INPUT = /^(\s*INSERT\s.*?\bSELECT\b.*?)\binput\s*\(\s*'((?:[^'\\]|\\.)*)'\s*\)(.*?)\s*FORMAT\s+(\w+)\s*$/is;
const KILL = /^\s*KILL\s+QUERY\s+WHERE\s+(.*?)\s*(SYNC|ASYNC|TEST)?\s*(?:FORMAT\s+\w+)?\s*;?\s*$/is;

/** The two ways rows enter with a body; undefined for any other. */
export const insertOfRows = (text: string): InsertOfRows | undefined => {
  const input = INPUT.exec(text);
  if (input) return { kind: 'input', before: input[1] ?? '', structure: input[2] ?? '', after: input[3] ?? '', format: input[4] ?? '' };
  const plain = PLAIN.exec(text);
  if (!plain) return undefined;
  const columns = plain[2]?.split(',').map((column) => column.trim().replaceAll('`', ''));
  return { kind: 'plain', table: (plain[1] ?? '').replaceAll('`', ''), columns, settings: plain[3] ?? '', format: plain[4] ?? '' };
};

/** The condition of a KILL QUERY and whether it waits. */
export const killOf = (text: string): { readonly where: string; readonly waits: boolean } | undefined => {
  const found = KILL.exec(text);
  return found ? { where: found[1] ?? '', waits: found[2]?.toUpperCase() === 'SYNC' } : undefined;
};

/** A text literal. */
export const literal = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

/** A query that the front knows and the engine does not, as the process list shows it. */
export type Process = { readonly id: string; readonly user: string; readonly text: string };

/** What stands for `system.processes`: the engine gives ids of its own to what it runs. */
export const processTable = (running: readonly Process[]): string => {
  const rows = running.map(({ id, user, text }) => `(${literal(id)}, ${literal(user)}, ${literal(text)})`);
  const values = rows.length === 0 ? "('', '', '')" : rows.join(', ');
  return `(SELECT * FROM values('query_id String, user String, query String', ${values}) WHERE query_id != '')`;
};

/** Whether the statement only reads, so that it may be cancelled and streamed. */
export const isReading = (text: string): boolean =>
  /^\s*(?:(?:--[^\n]*\n|\/\*.*?\*\/)\s*)*\(?\s*(SELECT|WITH|SHOW|DESCRIBE|DESC|EXPLAIN|EXISTS)\b/is.test(text);

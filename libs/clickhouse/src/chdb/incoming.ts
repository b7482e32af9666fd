import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type SendInsert } from '../insert.js';
import { fenceCondition } from '../projection-fence.js';
import { quoted } from '../statements.js';

/** In the name of a file the engine takes these for patterns, and the colons for an archive; there is no way to escape them. */
const PATTERN = /[*?{}]|::/;

/** @throws RangeError when the engine would take the name of a file in this directory for a pattern */
export const refusePattern = (path: string): void => {
  const directory = resolve(path);
  if (PATTERN.test(directory)) throw new RangeError(`the data directory must have no * ? { } or :: in its name, got ${directory}`);
};

/**
 * The embedded engine takes statements as text, which cannot carry bytes: rows lie in a file for as long as the statement runs. The file
 * need not survive anything, since who inserts repeats what was not answered; what a crash left is removed at the next start.
 */
export const incoming = (path: string): SendInsert => {
  // Relative names are looked for in a directory of the engine's own.
  const directory = resolve(path);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  return async (client, { into, settings, structure, body, fence }) => {
    const id = randomUUID();
    const file = join(directory, id);
    try {
      await writeFile(file, body);
      // One thread and one block: the rows enter in their order, as one part.
      const where = fence ? `WHERE ${fenceCondition(fence)}` : '';
      const query = `${into} SELECT * FROM file(${quoted(file)}, 'RowBinary', ${quoted(structure)}) ${where} SETTINGS ${settings}, max_threads=1`;
      await client.command({ query, query_id: id });
    } finally {
      await rm(file, { force: true });
    }
  };
};

import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../usage-error.js';

/** Says that a directory was made by the demo, so that the next demo may delete it. */
const MARKER = '.made-by-the-demo';

/**
 * Makes `<data>/demo` anew and answers its path. What an earlier demo left there is deleted; anything else is not touched.
 *
 * @throws UsageError DEMO_DIRECTORY when something is there that no demo made
 */
export const freshDirectory = async (dataDirectory: string): Promise<string> => {
  const directory = join(dataDirectory, 'demo');
  const entries = existsSync(directory) ? await readdir(directory) : [];
  if (entries.length > 0 && !entries.includes(MARKER))
    throw new UsageError('DEMO_DIRECTORY', `${directory} holds something the demo did not make; move it away, or set DRIFTLEDGER_DATA`);
  // The marker goes last: a deletion that is cut short can be taken up again.
  for (const entry of entries) if (entry !== MARKER) await rm(join(directory, entry), { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, MARKER), 'Made by "npm run demo", which deletes this directory when it runs again.\n');
  return directory;
};

import { constants, existsSync } from 'node:fs';
import { chmod, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type ApiKey, formatApiKey, parseApiKey } from './keys.js';

/** Only its owner may read or write it. */
const OWNER_ONLY = 0o600;

/** The key in a file; undefined when there is no file or no whole key in it. Tightens the mode of a file found too open. */
export const readKeyFile = async (file: string): Promise<ApiKey | undefined> => {
  try {
    const text = await readFile(file, 'utf8');
    await chmod(file, OWNER_ONLY);
    return parseApiKey(text.trim());
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

/**
 * Puts a key into a file that is either whole or not there: written beside it, forced to the disk, renamed, and the directory
 * forced to the disk as well, so that no later write can survive a power failure that this one does not.
 */
export const writeKeyFile = async (file: string, key: ApiKey): Promise<void> => {
  const beside = join(dirname(file), `.${basename(file)}.new`);
  await rm(beside, { force: true });
  const handle = await open(beside, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, OWNER_ONLY);
  try {
    await handle.chmod(OWNER_ONLY);
    await handle.writeFile(`${formatApiKey(key)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
  const directory = await open(dirname(file), constants.O_RDONLY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
};

/** Whether there is a file, whatever it holds. */
export const hasKeyFile = (file: string): boolean => existsSync(file);

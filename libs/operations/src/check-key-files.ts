import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type DataDirectory } from '#libs/platform';
import { type Finding, ok, problem } from './finding.js';

const BY_OTHERS = 0o077;

/** Whether others on this machine can read what opens the installation or its personal data. */
export const keyFileFindings = async (directory: DataDirectory): Promise<readonly Finding[]> => {
  const paths = [directory.adminKey, directory.keys, join(directory.keys, 'master.key')];
  const modes = await Promise.all(paths.map(async (path) => ({ path, mode: await modeOf(path) })));
  const open = modes.filter(({ mode }) => mode !== undefined && (mode & BY_OTHERS) !== 0);
  if (open.length === 0) return [ok('key files', 'for their owner only')];
  return open.map(({ path, mode = 0 }) =>
    problem(
      'key files',
      `${path} has mode ${(mode & 0o777).toString(8)}`,
      `chmod go-rwx ${path}, and revoke keys that others may have read`,
    ),
  );
};

const modeOf = async (path: string): Promise<number | undefined> => {
  try {
    return (await stat(path)).mode;
  } catch (error) {
    // Not every installation has each of them.
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

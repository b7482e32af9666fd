import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { holderOf } from '#libs/clickhouse/chdb';
import { UsageError } from '../usage-error.js';

/** Says that a directory was made by the demo, so that the next demo may delete it. */
const MARKER = '.made-by-the-demo';
/** Holds the id of the process whose demo runs in the directory. */
const LOCK = '.demo-runs';

/** The directory of one demo, which nobody else deletes until it is released. */
export type FreshDirectory = { readonly path: string; readonly release: () => Promise<void> };

/**
 * Makes `<data>/demo` anew. What an earlier demo left there is deleted; anything else is not touched, nor is a directory that is in use.
 *
 * @throws UsageError DEMO_DIRECTORY when something is there that no demo made, DEMO_RUNS when another demo or a server works in it
 */
export const freshDirectory = async (dataDirectory: string): Promise<FreshDirectory> => {
  const path = join(dataDirectory, 'demo');
  await mkdir(path, { recursive: true });
  const entries = await readdir(path);
  if (entries.length > 0 && !entries.includes(MARKER))
    throw new UsageError('DEMO_DIRECTORY', `${path} holds something the demo did not make; move it away, or set DRIFTLEDGER_DATA`);
  await writeFile(join(path, MARKER), 'Made by "npm run demo", which deletes this directory when it runs again.\n');
  const release = await locked(path);
  try {
    // A server on what an earlier demo left: its files must not vanish under it.
    const server = holderOf(join(path, 'clickhouse'));
    if (server !== undefined) throw inUse(server, path);
    // The marker stays: a deletion that is cut short can be taken up again.
    const leftovers = (await readdir(path)).filter((name) => name !== MARKER && name !== LOCK && !name.startsWith(`${LOCK}.`));
    for (const name of leftovers) await rm(join(path, name), { recursive: true, force: true });
    return { path, release };
  } catch (error) {
    await release();
    throw error;
  }
};

const inUse = (process: number, path: string): UsageError =>
  new UsageError('DEMO_RUNS', `process ${process} works in ${path}; wait until it has ended, stop it, or set DRIFTLEDGER_DATA`);

/** A linked file is there with its content or not at all, so a lock always says whose it is. That of a dead process is taken over. */
const locked = async (path: string): Promise<() => Promise<void>> => {
  const [lock, mine] = [join(path, LOCK), join(path, `${LOCK}.${randomUUID()}`)];
  await writeFile(mine, String(process.pid));
  try {
    while (!(await linked(mine, lock))) {
      const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
      if (holder > 0 && isAlive(holder)) throw inUse(holder, path);
      await rm(lock, { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
  return () => rm(lock, { force: true });
};

const codeOf = (error: unknown): unknown => (typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined);

const linked = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
};

const isAlive = (holder: number): boolean => {
  try {
    return process.kill(holder, 0);
  } catch (error) {
    // Somebody else's process is alive too.
    return codeOf(error) === 'EPERM';
  }
};

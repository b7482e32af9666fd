import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Files that are written at the same time. */
const AT_ONCE = 32;

/** What a file is to hold. */
export type FileContent = { readonly path: string; readonly bytes: Uint8Array };

export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const isThere = (error: unknown): boolean => typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST';

/** A name that nobody else uses: processes that share the directory may have one id, each in a container of its own. */
const besideOf = (path: string): string => `${path}.${randomUUID()}.new`;

/**
 * Written beside, flushed, linked, folder flushed: after a crash there is the whole file or none. A file that is there already stays:
 * another process made it first. What a crash leaves beside it is read by nobody. Returns what the file holds.
 */
export function createDurably(path: string, bytes: Buffer): Buffer {
  const beside = besideOf(path);
  const handle = openSync(beside, 'wx', 0o600);
  try {
    writeSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    linkSync(beside, path);
  } catch (error) {
    if (!isThere(error)) throw error;
  } finally {
    rmSync(beside, { force: true });
  }
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
  return readFileSync(path);
}

/**
 * The same for many files without holding up the process: their folders, which are made, and the one around those are flushed once.
 * Returns the paths of files that were there already.
 */
export async function createAllDurably(files: readonly FileContent[]): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  const folders = [...new Set(files.map(({ path }) => dirname(path)))];
  await eachOf(folders, (folder) => mkdir(folder, { recursive: true, mode: 0o700 }));
  await eachOf(files, async ({ path, bytes }) => {
    const beside = besideOf(path);
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    try {
      await link(beside, path);
    } catch (error) {
      if (!isThere(error)) throw error;
      there.add(path);
    } finally {
      await rm(beside, { force: true });
    }
  });
  // A folder is on the disk once the one it is in says so.
  const around = new Set(folders.flatMap((folder) => [folder, dirname(folder), dirname(dirname(folder))]));
  await eachOf([...around], flushFolder);
  return there;
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Returns or throws only when nothing is being written any more: who tries again would otherwise find files of the earlier try. */
async function eachOf<T>(all: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  const next = all.values();
  const done = await Promise.allSettled(
    Array.from({ length: Math.min(AT_ONCE, all.length) }, async () => {
      for (let one = next.next(); !one.done; one = next.next()) await work(one.value);
    }),
  );
  for (const outcome of done) if (outcome.status === 'rejected') throw outcome.reason;
}

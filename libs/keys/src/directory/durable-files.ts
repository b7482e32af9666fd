import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
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

/** Written beside, flushed, renamed, folder flushed: after a crash there is the whole file or none. */
export function writeDurably<B extends Uint8Array>(path: string, bytes: B): B {
  const beside = `${path}.new`;
  const handle = openSync(beside, 'w', 0o600);
  try {
    writeSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(beside, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
  return bytes;
}

/** The same for many files without holding up the process: their folders, which are made, and the one around those are flushed once. */
export async function writeAllDurably(files: readonly FileContent[]): Promise<void> {
  const folders = [...new Set(files.map(({ path }) => dirname(path)))];
  await eachOf(folders, (folder) => mkdir(folder, { recursive: true, mode: 0o700 }));
  await eachOf(files, async ({ path, bytes }) => {
    const file = await open(`${path}.new`, 'w', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
  });
  // A folder is on the disk once the one it is in says so.
  const around = new Set(folders.flatMap((folder) => [folder, dirname(folder), dirname(dirname(folder))]));
  await eachOf([...around], flushFolder);
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Returns or throws only when nothing is being written any more: who tries again would write beside it, into the same files. */
async function eachOf<T>(all: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  const next = all.values();
  const done = await Promise.allSettled(
    Array.from({ length: Math.min(AT_ONCE, all.length) }, async () => {
      for (let one = next.next(); !one.done; one = next.next()) await work(one.value);
    }),
  );
  for (const outcome of done) if (outcome.status === 'rejected') throw outcome.reason;
}

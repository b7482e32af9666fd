import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClickHouse } from '#libs/clickhouse';
import { type Clock, instant } from '#libs/kernel';
import { type DataDirectory } from '#libs/platform';
import { diskFindings } from './disk-forecast.js';
import { type Finding } from './finding.js';
import { RecordedPredictions } from './queries.js';

const DAY_MS = 86_400_000;
const DAYS = 7;

/** What is on the disk, what of it one prediction takes, and when it will be full. */
export const diskCheck = async (directory: DataDirectory, clickHouse: ClickHouse, clock: Clock): Promise<readonly Finding[]> => {
  const now = clock.now();
  const [recorded] = await clickHouse.query(RecordedPredictions, { since: instant(now - DAYS * DAY_MS) });
  const { bavail, bsize } = await statfs(directory.path);
  const files = [directory.log, `${directory.log}-wal`, `${directory.log}-shm`];
  const sizes = await Promise.all(files.map(sizeOfFile));
  return diskFindings({
    logBytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
    readModelBytes: await sizeOfFolder(directory.clickHouse),
    freeBytes: bavail * bsize,
    predictions: recorded?.predictions ?? 0,
    recent: recorded?.recent ?? 0,
    days: Math.min(DAYS, (now - (recorded?.predictions ? recorded.first : now)) / DAY_MS),
  });
};

const sizeOfFile = async (file: string): Promise<number> => {
  try {
    return (await stat(file)).size;
  } catch {
    // Files of an engine come and go while it runs.
    return 0;
  }
};

/** One folder after the other: a read model has tens of thousands of files, and nobody waits for this number. */
const sizeOfFolder = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(entries.filter((entry) => entry.isFile()).map((entry) => sizeOfFile(join(folder, entry.name))));
  let bytes = sizes.reduce((sum, size) => sum + size, 0);
  // The engine lists its tables a second time as links: those are not followed.
  for (const entry of entries) if (entry.isDirectory()) bytes += await sizeOfFolder(join(folder, entry.name));
  return bytes;
};

import { statfs } from 'node:fs/promises';
import { type Metrics } from './metrics.js';

/** Tells how full the disk of a directory is whenever the metrics are read. Free is what an ordinary user may still write. */
export const watchDisk = (metrics: Metrics, directory: string): void =>
  metrics.onRead(async () => {
    const { bavail, blocks, bsize } = await statfs(directory);
    metrics.diskFree.set(bavail * bsize);
    metrics.diskSize.set(blocks * bsize);
  });

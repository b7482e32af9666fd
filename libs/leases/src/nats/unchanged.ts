import { type Found } from './lease-bucket.js';

/** How long an entry has been seen with the same revision, by a clock that nobody sets. */
export class Unchanged {
  private revision: number | undefined;
  private since = 0;

  /** Milliseconds until the entry may be taken over; 0 when it may be now. Call it right after reading. */
  msUntilFree(found: Found | undefined): number {
    if (!found?.entry || found.entry.free) return 0;
    const now = performance.now();
    if (found.revision !== this.revision) [this.revision, this.since] = [found.revision, now];
    return Math.max(this.since + found.entry.ttlMs - now, 0);
  }
}

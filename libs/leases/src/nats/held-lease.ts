import { setTimeout as delay } from 'node:timers/promises';
import { type Lease, LeaseLost, LeasesUnavailable } from '../leases.js';
import { type LeaseBucket } from './lease-bucket.js';
import { type LeaseEntry } from './lease-entry.js';
import { type LeaseTimes } from './lease-times.js';

/** What a take-over has written. `sentAt` is the monotonic time before it was sent. */
export type TakeOver = {
  readonly name: string;
  readonly entry: LeaseEntry;
  readonly revision: number;
  readonly sentAt: number;
};

/** A lease in the bucket, renewed until it is released or cannot be renewed in time. */
export class HeldLease implements Lease {
  private readonly ending = new AbortController();
  private readonly renewing: Promise<void>;
  private revision: number;
  private deadline: NodeJS.Timeout | undefined;

  constructor(
    private readonly taken: TakeOver,
    private readonly bucket: LeaseBucket,
    private readonly times: LeaseTimes,
  ) {
    this.revision = taken.revision;
    this.trustUntil(taken.sentAt + times.trustMs);
    this.renewing = this.renew();
  }

  get name(): string {
    return this.taken.name;
  }

  get value(): string {
    return this.taken.entry.value;
  }

  get epoch(): bigint {
    return this.taken.entry.epoch;
  }

  get lost(): AbortSignal {
    return this.ending.signal;
  }

  async release(): Promise<void> {
    const held = !this.lost.aborted;
    this.lose('released');
    await this.renewing;
    if (!held) return;
    try {
      await this.write({ ...this.taken.entry, free: true });
    } catch (error) {
      // Nobody can be told; the entry is not renewed any more, so it expires.
      if (!(error instanceof LeasesUnavailable)) throw error;
    }
  }

  private async renew(): Promise<void> {
    while (!this.lost.aborted) {
      await delay(this.times.renewMs, undefined, { signal: this.lost }).catch(() => undefined);
      if (this.lost.aborted) return;
      const sentAt = performance.now();
      try {
        if (await this.write(this.taken.entry)) this.trustUntil(sentAt + this.times.trustMs);
        else this.lose('taken');
      } catch (error) {
        // The server is away: the deadline decides, not the number of tries.
        if (!(error instanceof LeasesUnavailable)) throw error;
      }
    }
  }

  /** False when somebody else has taken over. A conflict may be with an own write whose answer was lost. */
  private async write(entry: LeaseEntry): Promise<boolean> {
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const written = await this.bucket.write(this.name, entry, this.revision);
      if (written !== 'conflict') {
        this.revision = written;
        return true;
      }
      const found = await this.bucket.read(this.name);
      if (found?.entry?.holder !== entry.holder) return false;
      this.revision = found.revision;
    }
    return false;
  }

  private trustUntil(at: number): void {
    if (this.lost.aborted) return;
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => this.lose('expired'), at - performance.now());
  }

  private lose(why: LeaseLost['why']): void {
    clearTimeout(this.deadline);
    // A signal that is aborted keeps its first reason.
    this.ending.abort(new LeaseLost(this.name, why));
  }
}

import { type Clock, randomId } from '#libs/kernel';
import { nextEpoch } from '../epoch.js';
import { LeasesUnavailable } from '../leases.js';
import { Bell } from './bell.js';
import { type TakeOver } from './held-lease.js';
import { type Found, type LeaseBucket } from './lease-bucket.js';
import { type LeaseTimes } from './lease-times.js';
import { Unchanged } from './unchanged.js';

export type ContenderParts = { readonly bucket: LeaseBucket; readonly times: LeaseTimes; readonly clock: Clock };

/** Waits until a lease is free and takes it. */
export class Contender {
  private readonly holder = randomId();
  private readonly unchanged = new Unchanged();
  private readonly bell = new Bell();
  private unlisten: (() => void) | undefined;

  constructor(
    private readonly name: string,
    private readonly value: string,
    private readonly parts: ContenderParts,
  ) {}

  /** @throws the reason of the signal */
  async contend(signal: AbortSignal): Promise<TakeOver> {
    const { bucket, times } = this.parts;
    try {
      for (;;) {
        signal.throwIfAborted();
        const taken = await this.step(signal).catch((error: unknown) => {
          // The server is away: whoever holds the lease cannot renew it either, and waiting goes on.
          if (!(error instanceof LeasesUnavailable)) throw error;
        });
        if (taken) return taken;
        if (taken === undefined) {
          await this.bell.wait(times.lookMs, signal);
          // Nothing to do about an error here: the next step meets it again.
          await bucket.ensure().catch(() => undefined);
        }
      }
    } finally {
      this.unlisten?.();
    }
  }

  /** What was taken, or false when the lease was not free and something has changed since. */
  private async step(signal: AbortSignal): Promise<TakeOver | false> {
    const { bucket, times } = this.parts;
    this.unlisten ??= bucket.listen(this.name, this.bell.ring);
    const found = await bucket.read(this.name);
    const wait = this.isOwn(found) ? 0 : this.unchanged.msUntilFree(found);
    if (wait > 0) {
      await this.bell.wait(Math.min(wait, times.lookMs), signal);
      return false;
    }
    return this.take(found);
  }

  /** An earlier try to take over was not answered, and yet it succeeded. */
  private isOwn(found: Found | undefined): boolean {
    return found?.entry?.holder === this.holder;
  }

  private async take(found: Found | undefined): Promise<TakeOver | false> {
    const { bucket, times, clock } = this.parts;
    const { name, holder, value } = this;
    const entry = { holder, value, epoch: nextEpoch(found?.entry?.epoch, clock.now()), ttlMs: times.ttlMs, free: false };
    const sentAt = performance.now();
    const revision = await bucket.write(name, entry, found?.revision ?? 0);
    return revision === 'conflict' ? false : { name, entry, revision, sentAt };
  }
}

import { type NatsConnection } from '@nats-io/transport-node';
import { type Clock } from '#libs/kernel';
import { checkName } from '../lease-name.js';
import { type Lease, type LeaseHolder, type LeaseRequest, Leases, LeasesClosed } from '../leases.js';
import { Contender } from './contender.js';
import { HeldLease } from './held-lease.js';
import { LeaseBucket } from './lease-bucket.js';
import { type LeaseTimes, leaseTimes } from './lease-times.js';
import { Unchanged } from './unchanged.js';

const TTL_MS = 10_000;

export type NatsLeasesOptions = {
  /** Stays open when the leases are closed: it belongs to whoever opened it. */
  readonly connection: NatsConnection;
  readonly clock: Clock;
  /** A holder that died is replaced so long afterwards, in milliseconds; 10,000 unless said otherwise. */
  readonly ttlMs?: number;
};

/** Leases of many processes, in JetStream's key-value store. */
export class NatsLeases extends Leases {
  private readonly held = new Set<HeldLease>();
  private readonly closing = new AbortController();
  private readonly waiting = new Set<Promise<unknown>>();
  /** By name, how long the entry was seen without renewal. */
  private readonly looked = new Map<string, Unchanged>();

  constructor(
    private readonly bucket: LeaseBucket,
    private readonly times: LeaseTimes,
    private readonly clock: Clock,
  ) {
    super();
  }

  async acquire(name: string, { value, signal }: LeaseRequest): Promise<Lease> {
    this.check(name);
    const { bucket, times, clock } = this;
    const ending = signal ? AbortSignal.any([signal, this.closing.signal]) : this.closing.signal;
    const contending = new Contender(name, value, { bucket, times, clock }).contend(ending);
    this.waiting.add(contending);
    try {
      const lease = new HeldLease(await contending, bucket, times);
      this.held.add(lease);
      lease.lost.addEventListener('abort', () => this.held.delete(lease), { once: true });
      return lease;
    } finally {
      this.waiting.delete(contending);
    }
  }

  async holder(name: string): Promise<LeaseHolder | undefined> {
    this.check(name);
    const found = await this.bucket.read(name);
    const looked = this.looked.get(name) ?? new Unchanged();
    this.looked.set(name, looked);
    return found?.entry && looked.msUntilFree(found) > 0 ? { value: found.entry.value, epoch: found.entry.epoch } : undefined;
  }

  async close(): Promise<void> {
    this.closing.abort(new LeasesClosed());
    // One that was being taken is taken or refused first, so that it is released with the others.
    await Promise.allSettled(this.waiting);
    await Promise.all([...this.held].map((lease) => lease.release()));
  }

  private check(name: string): void {
    if (this.closing.signal.aborted) throw new LeasesClosed();
    checkName(name);
  }
}

/** @throws an error of the client when the server has no JetStream, or does not permit its use */
export const openNatsLeases = async ({ connection, clock, ttlMs = TTL_MS }: NatsLeasesOptions): Promise<NatsLeases> => {
  const times = leaseTimes(ttlMs);
  return new NatsLeases(await LeaseBucket.open(connection, times.timeoutMs), times, clock);
};

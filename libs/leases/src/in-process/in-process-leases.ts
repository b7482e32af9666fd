import { type Clock } from '#libs/kernel';
import { nextEpoch } from '../epoch.js';
import { checkName } from '../lease-name.js';
import { type Lease, type LeaseHolder, type LeaseRequest, LeaseLost, Leases, LeasesClosed } from '../leases.js';

type Waiting = { readonly value: string; readonly grant: (lease: Lease) => void; readonly refuse: (reason: unknown) => void };

/** Leases of a single process, which nothing can take away: they last until they are released. */
export class InProcessLeases extends Leases {
  private readonly held = new Map<string, Lease>();
  private readonly queues = new Map<string, Waiting[]>();
  private readonly epochs = new Map<string, bigint>();
  private closed = false;

  constructor(private readonly clock: Clock) {
    super();
  }

  async acquire(name: string, { value, signal }: LeaseRequest): Promise<Lease> {
    this.check(name);
    signal?.throwIfAborted();
    return this.held.has(name) ? this.turn(name, value, signal) : this.give(name, value);
  }

  async holder(name: string): Promise<LeaseHolder | undefined> {
    this.check(name);
    const held = this.held.get(name);
    return held && { value: held.value, epoch: held.epoch };
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const queue of this.queues.values()) for (const { refuse } of queue.splice(0)) refuse(new LeasesClosed());
    for (const lease of [...this.held.values()]) await lease.release();
  }

  private check(name: string): void {
    if (this.closed) throw new LeasesClosed();
    checkName(name);
  }

  private async turn(name: string, value: string, signal: AbortSignal | undefined): Promise<Lease> {
    const queue = this.queues.get(name) ?? [];
    this.queues.set(name, queue);
    let abort = (): void => undefined;
    try {
      return await new Promise<Lease>((grant, refuse) => {
        const waiting: Waiting = { value, grant, refuse };
        queue.push(waiting);
        abort = () => {
          queue.splice(queue.indexOf(waiting), 1);
          // Whatever the caller gave as a reason is what it gets back.
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
          refuse(signal?.reason);
        };
        signal?.addEventListener('abort', abort, { once: true });
      });
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  private give(name: string, value: string): Lease {
    const epoch = nextEpoch(this.epochs.get(name), this.clock.now());
    this.epochs.set(name, epoch);
    const ending = new AbortController();
    const release = async (): Promise<void> => {
      if (ending.signal.aborted) return;
      ending.abort(new LeaseLost(name, 'released'));
      this.held.delete(name);
      // In one step: nobody who comes now may step in between.
      const next = this.queues.get(name)?.shift();
      next?.grant(this.give(name, next.value));
    };
    const lease = { name, value, epoch, lost: ending.signal, release };
    this.held.set(name, lease);
    return lease;
  }
}

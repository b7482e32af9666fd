import { setTimeout as delay } from 'node:timers/promises';
import { type NatsConnection } from '@nats-io/transport-node';
import { type Clock } from '#libs/kernel';
import { checkName } from '../lease-name.js';
import { type Lease, type LeaseHolder, type LeaseRequest, Leases, LeasesClosed, LeasesUnavailable } from '../leases.js';
import { type NatsLeases, openNatsLeases } from './nats-leases.js';

const PAUSE_MS = 1_000;

export type LazyNatsLeasesOptions = {
  /** Opens a connection; asked again after it failed. It is closed with the leases. */
  readonly connect: () => Promise<NatsConnection>;
  readonly clock: Clock;
  /** Told once when the server is away at the start; it is tried again until it is there. */
  readonly onTrouble: (error: unknown) => void;
  /** As in `NatsLeasesOptions`. */
  readonly ttlMs?: number;
};

type Opened = { readonly connection: NatsConnection; readonly leases: NatsLeases };

/** The leases of a process that must start without the server: whoever asks for one waits until it is there. */
export class LazyNatsLeases extends Leases {
  private readonly closing = new AbortController();
  private readonly opening: Promise<Opened | undefined>;
  private opened: Opened | undefined;
  private trouble: unknown;

  constructor(private readonly options: LazyNatsLeasesOptions) {
    super();
    this.opening = this.open();
  }

  async acquire(name: string, request: LeaseRequest): Promise<Lease> {
    this.check(name);
    request.signal?.throwIfAborted();
    const { leases } = this.opened ?? (await this.once(request.signal));
    return leases.acquire(name, request);
  }

  async holder(name: string): Promise<LeaseHolder | undefined> {
    this.check(name);
    if (!this.opened) throw new LeasesUnavailable('the leases were not reached yet', { cause: this.trouble });
    return this.opened.leases.holder(name);
  }

  async close(): Promise<void> {
    this.closing.abort(new LeasesClosed());
    const opened = await this.opening;
    await opened?.leases.close();
    await opened?.connection.close();
  }

  private async open(): Promise<Opened | undefined> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      let connection: NatsConnection | undefined;
      try {
        connection = await this.options.connect();
        const { clock, ttlMs } = this.options;
        this.opened = { connection, leases: await openNatsLeases({ connection, clock, ...(ttlMs !== undefined && { ttlMs }) }) };
        return this.opened;
      } catch (error) {
        // A server without JetStream takes connections and gives no leases.
        await connection?.close().catch(() => undefined);
        if (this.trouble === undefined) this.options.onTrouble(error);
        this.trouble = error;
        await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    }
    return undefined;
  }

  /** @throws LeasesClosed, and the reason of the signal */
  private async once(signal: AbortSignal | undefined): Promise<Opened> {
    const ends = signal ? AbortSignal.any([signal, this.closing.signal]) : this.closing.signal;
    let abort = (): void => undefined;
    const ended = new Promise<undefined>((resolve) => {
      abort = () => resolve(undefined);
      ends.addEventListener('abort', abort, { once: true });
    });
    const opened = await Promise.race([this.opening, ended]).finally(() => ends.removeEventListener('abort', abort));
    ends.throwIfAborted();
    if (!opened) throw new LeasesClosed();
    return opened;
  }

  private check(name: string): void {
    if (this.closing.signal.aborted) throw new LeasesClosed();
    checkName(name);
  }
}

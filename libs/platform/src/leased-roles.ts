import { setTimeout as delay } from 'node:timers/promises';
import { hostname } from 'node:os';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Lease, Leases } from '#libs/leases';

const PAUSE_AFTER_ERROR_MS = 2_000;
const HOLDER = `${hostname()}:${process.pid}`;

/** `until` ends the asking and the work of this role alone. `value`: what others are told about its holder; host and process unless said. */
export type RoleOptions = { readonly until?: AbortSignal; readonly value?: string };

/** What is done while a role is held. Ends when the signal is aborted: the lease was lost, or the process stops. */
export type RoleWork = (signal: AbortSignal, lease: Lease) => Promise<void>;

/** Roles that one process of an installation has at a time. Every other one that asks stands by, and takes over. */
@Injectable()
export class LeasedRoles {
  private readonly logger = new Logger(LeasedRoles.name);
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<void>>();

  constructor(@Inject(Leases) private readonly leases: Leases) {}

  /** Asks for a role until the process stops, and does its work whenever it is held. Work that fails gives the role to others first. */
  start(role: string, work: RoleWork, { until, value = HOLDER }: RoleOptions = {}): void {
    const signal = until ? AbortSignal.any([this.stopping.signal, until]) : this.stopping.signal;
    const running = this.run({ role, work, value, signal }).finally(() => this.running.delete(running));
    this.running.add(running);
  }

  /** Ends all work, gives every role up, and returns when that is done. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  private async run(asked: Asked): Promise<void> {
    const { role, signal } = asked;
    while (!signal.aborted) {
      try {
        await this.hold(asked);
      } catch (error) {
        if (signal.aborted) return;
        this.logger.error(`${role} ended: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        // Not in step with others that fail for the same reason. Jitter decides nothing that is recorded.
        await delay(PAUSE_AFTER_ERROR_MS * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async hold({ role, work, value, signal }: Asked): Promise<void> {
    const lease = await this.leases.acquire(role, { value, signal });
    this.logger.log(`has the role ${role}, epoch ${lease.epoch}`);
    try {
      await work(AbortSignal.any([signal, lease.lost]), lease);
    } finally {
      await lease.release();
    }
  }
}

type Asked = { readonly role: string; readonly work: RoleWork; readonly value: string; readonly signal: AbortSignal };

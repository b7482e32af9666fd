import { setTimeout as delay } from 'node:timers/promises';
import { hostname } from 'node:os';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Lease, Leases } from '#libs/leases';

const PAUSE_AFTER_ERROR_MS = 2_000;

/** What is done while a role is held. Ends when the signal is aborted: the lease was lost, or the process stops. */
export type RoleWork = (signal: AbortSignal, lease: Lease) => Promise<void>;

/** Roles that one process of an installation has at a time. Every other one that asks stands by, and takes over. */
@Injectable()
export class LeasedRoles {
  private readonly logger = new Logger(LeasedRoles.name);
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>[] = [];

  constructor(@Inject(Leases) private readonly leases: Leases) {}

  /** Asks for a role until the process stops, and does its work whenever it is held. Work that fails gives the role to others first. */
  start(role: string, work: RoleWork): void {
    this.running.push(this.run(role, work));
  }

  /** Ends all work, gives every role up, and returns when that is done. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  private async run(role: string, work: RoleWork): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.hold(role, work);
      } catch (error) {
        if (signal.aborted) return;
        this.logger.error(`${role} ended: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        await delay(PAUSE_AFTER_ERROR_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async hold(role: string, work: RoleWork): Promise<void> {
    const { signal } = this.stopping;
    const lease = await this.leases.acquire(role, { value: `${hostname()}:${process.pid}`, signal });
    this.logger.log(`has the role ${role}, epoch ${lease.epoch}`);
    try {
      await work(AbortSignal.any([signal, lease.lost]), lease);
    } finally {
      await lease.release();
    }
  }
}

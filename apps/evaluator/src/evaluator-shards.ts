import { hash } from 'node:crypto';
import { hostname } from 'node:os';
import { type Clock } from '#libs/kernel';
import { type Leases } from '#libs/leases';
import { type MessageBus } from '#libs/messaging';
import { type LeasedRoles } from '#libs/platform';
import { Members } from './members.js';

/** Leases of more shards than any installation is divided into; so many are looked at before one is used. */
const SHARDS_MAX = 32;
const VALUE = /^(\d+) shards, /;

/** Which shard a monitor belongs to: the same in every process and every release. */
export const shardOf = (monitorId: string, shards: number): number => Number.parseInt(hash('sha256', monitorId).slice(0, 8), 16) % shards;

const roleOf = (shard: number): string => `evaluator-shard-${shard}`;

/** What is done with the shards of this process. */
export type ShardWork = {
  /** This process measures one more. */
  readonly taken: (shard: number) => void;
  /** It measures one less; resolves when nothing of it is under way any more. */
  readonly given: (shard: number) => Promise<void>;
};

export type ShardParts = {
  readonly roles: LeasedRoles;
  readonly leases: Leases;
  readonly bus: MessageBus;
  readonly clock: Clock;
  /** Into how many shards monitors are divided, 1 to 32. */
  readonly shards: number;
  /** See `MembersOptions`. */
  readonly everyMs?: number;
};

/**
 * Shares the monitors with the other evaluators: each shard has a lease, each process asks for those that are its own by the order of the
 * members, and gives one up when its owner comes. Another count of shards means other shards under the same names. So whoever has taken a
 * lease looks at all the others, and gives it back while any is held by a process that divides otherwise: a new count comes into force when
 * the last process with the old one has ended.
 */
export class EvaluatorShards {
  private readonly members: Members;
  private readonly asking = new Map<number, AbortController>();

  constructor(
    private readonly parts: ShardParts,
    private readonly work: ShardWork,
  ) {
    this.members = new Members(parts, () => this.share());
  }

  start(): void {
    this.members.start();
    this.share();
  }

  /** The leases are given up by whoever stops the roles. */
  async stop(): Promise<void> {
    await this.members.stop();
  }

  private share(): void {
    const { roles, shards } = this.parts;
    const value = `${shards} shards, ${hostname()}:${process.pid}`;
    for (let shard = 0; shard < shards; shard += 1) {
      const asked = this.asking.get(shard);
      const owned = this.members.owns(shard);
      if (owned && !asked) {
        const ends = new AbortController();
        this.asking.set(shard, ends);
        roles.start(roleOf(shard), (signal) => this.hold(shard, signal), { until: ends.signal, value });
      } else if (!owned && asked) {
        this.asking.delete(shard);
        asked.abort();
      }
    }
  }

  private async hold(shard: number, signal: AbortSignal): Promise<void> {
    await this.refuseOtherCounts(shard);
    if (signal.aborted) return;
    this.work.taken(shard);
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await this.work.given(shard);
  }

  /** @throws Error while a process that divides otherwise holds a shard of its own; and what asking for the leases throws */
  private async refuseOtherCounts(own: number): Promise<void> {
    const { leases, shards } = this.parts;
    const names = Array.from({ length: SHARDS_MAX }, (_, shard) => shard).filter((shard) => shard !== own);
    const holders = await Promise.all(names.map((shard) => leases.holder(roleOf(shard))));
    for (const holder of holders) {
      const count = VALUE.exec(holder?.value ?? '')?.[1];
      if (count !== undefined && Number(count) !== shards)
        throw new Error(`evaluators with ${count} shards are at work: one with ${shards} stands by until the last of them has ended`);
    }
  }
}

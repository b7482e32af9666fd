import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { idOfName, instant } from '#libs/kernel';
import { InProcessLeases } from '#libs/leases/in-process';
import { type BusSubscription, type CloudEvent, MessageBus, type MessageHandler, type SubscriptionOptions } from '#libs/messaging';
import { InProcessMessageBus } from '#libs/messaging/in-process';
import { LeasedRoles } from '#libs/platform';
import { EvaluatorShards, shardOf } from './evaluator-shards.js';

const EVERY_MS = 20;

/** The way of one process to the bus, which may be cut in one direction. */
class Wire extends MessageBus {
  cut = false;
  constructor(private readonly bus: MessageBus) {
    super();
  }
  async publish(subject: string, event: CloudEvent): Promise<void> {
    if (!this.cut) await this.bus.publish(subject, event);
  }
  subscribe(pattern: string, handler: MessageHandler, options: SubscriptionOptions): Promise<BusSubscription> {
    return this.bus.subscribe(pattern, handler, options);
  }
  async close(): Promise<void> {}
}

/** Which shards each process has, and whether two ever had one at the same time. */
class Installation {
  readonly clock = { time: 1, now: () => instant((this.clock.time += 1)) };
  readonly leases = new InProcessLeases(this.clock);
  readonly bus = new InProcessMessageBus();
  readonly had = new Map<string, Set<number>>();
  private readonly running = new Map<string, { readonly shards: EvaluatorShards; readonly roles: LeasedRoles; readonly wire: Wire }>();
  twice = 0;
  /** How long work of a shard goes on after it was asked for. */
  lingersMs = 0;

  start(name: string, count: number): void {
    const mine = new Set<number>();
    this.had.set(name, mine);
    const taken = (shard: number): void => {
      if ([...this.had.values()].some((shards) => shards.has(shard))) this.twice += 1;
      mine.add(shard);
    };
    const given = async (shard: number): Promise<void> => {
      await delay(this.lingersMs);
      mine.delete(shard);
    };
    const { leases, clock } = this;
    const wire = new Wire(this.bus);
    const roles = new LeasedRoles(leases);
    const shards = new EvaluatorShards({ roles, leases, bus: wire, clock, shards: count, everyMs: EVERY_MS }, { taken, given });
    this.running.set(name, { shards, roles, wire });
    shards.start();
  }

  /** Nobody hears it any more. */
  silence(name: string): void {
    const one = this.running.get(name);
    if (one) one.wire.cut = true;
  }

  /** An orderly end. */
  async stop(name: string): Promise<void> {
    const one = this.running.get(name);
    this.running.delete(name);
    await one?.shards.stop();
    await one?.roles.stop();
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.running.keys()].map((name) => this.stop(name)));
  }

  /** Waits until each process has so many shards. */
  async until(sizes: Readonly<Record<string, number>>): Promise<void> {
    const now = (): string => JSON.stringify(Object.fromEntries(Object.keys(sizes).map((name) => [name, this.had.get(name)?.size])));
    for (const until = Date.now() + 10_000; now() !== JSON.stringify(sizes);) {
      if (Date.now() > until) throw new Error(`they have ${now()}`);
      await delay(5);
    }
  }
}

describe('the shards of monitors', () => {
  let world: Installation;
  beforeAll(() => void Logger.overrideLogger(false));
  beforeEach(() => {
    world = new Installation();
  });
  afterEach(async () => {
    await world.stopAll();
    await world.leases.close();
    await world.bus.close();
    expect(world.twice).toBe(0);
  });

  it('hold each monitor once, about as many each, the same in every process', () => {
    const counts = new Array<number>(8).fill(0);
    for (let index = 0; index < 8_000; index += 1) counts[shardOf(idOfName('monitor', `${index}`), 8)]! += 1;
    expect(counts.every((count) => count > 850 && count < 1_150)).toBe(true);
    expect(shardOf('4f2f6f0e-1b1c-5f5c-9f63-0d3f3b9e3a11', 8)).toBe(shardOf('4f2f6f0e-1b1c-5f5c-9f63-0d3f3b9e3a11', 8));
    expect(shardOf('anything', 1)).toBe(0);
  });

  it('are all had by one process that is alone, and shared with those who come and go', async () => {
    world.lingersMs = 5;
    world.start('one', 8);
    await world.until({ one: 8 });
    world.start('two', 8);
    await world.until({ one: 4, two: 4 });
    world.start('three', 8);
    await world.until({ one: 3, two: 3, three: 2 });
    await world.stop('one');
    await world.until({ one: 0, two: 4, three: 4 });
    await world.stop('three');
    await world.until({ two: 8, three: 0 });
  });

  it('are shared also when the processes begin at the same time, or hear of each other late', async () => {
    for (const name of ['one', 'two', 'three', 'four']) world.start(name, 8);
    await world.until({ one: 2, two: 2, three: 2, four: 2 });
  });

  it('go to who is left when a process falls silent and its leases are free', async () => {
    world.start('one', 4);
    world.start('two', 4);
    await world.until({ one: 2, two: 2 });
    // As one whose bus is away: it says nothing, not even that it leaves.
    world.silence('two');
    await delay(EVERY_MS * 10);
    // Whoever believes to be alone asks for everything, and does not get what is held.
    await world.until({ one: 2, two: 2 });
    await world.stop('two');
    await world.until({ one: 4, two: 0 });
  });

  it('are divided anew only when the last process with another count has ended', async () => {
    world.start('old', 4);
    await world.until({ old: 4 });
    world.start('older', 4);
    await world.until({ old: 2, older: 2 });
    world.start('new', 3);
    await delay(EVERY_MS * 10);
    await world.until({ old: 2, older: 2, new: 0 });
    await world.stop('older');
    // What it had goes to one that divides alike, though the other asked as well.
    await world.until({ old: 4, new: 0 });
    await world.stop('old');
    await world.until({ old: 0, new: 3 });
  });
});

import { z } from 'zod';
import { type Clock, randomId } from '#libs/kernel';
import { type BusMessage, type BusSubscription, type MessageBus, cloudEvent } from '#libs/messaging';

/** Under this subject evaluators tell each other that they are there. */
const SUBJECT = 'driftledger.evaluators';
const Present = z.object({
  member: z.string(),
  /** When it began, in epoch milliseconds: the order of members, which is then the same for all of them. */
  since: z.number(),
  /** Into how many shards it divides the monitors. */
  shards: z.number(),
  leaves: z.boolean(),
});
type Present = z.infer<typeof Present>;

export type MembersOptions = {
  readonly bus: MessageBus;
  readonly clock: Clock;
  readonly shards: number;
  /** How often a member says that it is there, in milliseconds; 1,000 unless said. One that is silent for five times that is gone. */
  readonly everyMs?: number;
};

const EVERY_MS = 1_000;
const SILENT_TIMES = 5;

/**
 * The evaluators that are there, as far as they hear of each other. A hint and no more: two that do not hear each other both believe to
 * be alone, and leases decide between them.
 */
export class Members {
  private readonly others = new Map<string, { readonly since: number; readonly heardAt: number }>();
  private readonly self: Present;
  private readonly everyMs: number;
  private subscription: BusSubscription | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: MembersOptions,
    private readonly changed: () => void,
  ) {
    const { clock, shards, everyMs = EVERY_MS } = options;
    this.self = { member: randomId(), since: clock.now(), shards, leaves: false };
    this.everyMs = everyMs;
  }

  start(): void {
    this.timer = setInterval(() => void this.beat(), this.everyMs);
    void this.beat();
  }

  /** Tells the others, so that they need not wait for the silence. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.tell(true);
    await this.subscription?.unsubscribe();
  }

  /** Whether a shard is this member's: they are dealt out one after another, in the order in which members began. */
  owns(shard: number): boolean {
    const { member, since } = this.self;
    const all = [...[...this.others].map(([id, other]) => ({ id, since: other.since })), { id: member, since }];
    all.sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1));
    return all[shard % all.length]?.id === member;
  }

  private async beat(): Promise<void> {
    const silentSince = performance.now() - this.everyMs * SILENT_TIMES;
    const gone = [...this.others].filter(([, { heardAt }]) => heardAt < silentSince);
    for (const [id] of gone) this.others.delete(id);
    if (gone.length > 0) this.changed();
    // A bus that is away is tried again at the next beat.
    await this.listen().catch(() => undefined);
    this.tell(false);
  }

  private async listen(): Promise<void> {
    if (this.subscription) return;
    const ignore = (): void => undefined;
    const again = (): void => (this.subscription = undefined);
    const options = { name: 'evaluators', onError: ignore, onDropped: again };
    const subscription = await this.options.bus.subscribe(SUBJECT, (message) => this.hear(message), options);
    // Another beat may have been faster.
    if (this.subscription) await subscription.unsubscribe();
    else this.subscription = subscription;
  }

  private hear({ event }: BusMessage): void {
    const { member, since, shards, leaves } = Present.parse(event.data);
    // Members that divide otherwise are none of ours: a shard of theirs is not one of ours.
    if (member === this.self.member || shards !== this.self.shards) return;
    const known = this.others.has(member);
    if (leaves) this.others.delete(member);
    else this.others.set(member, { since, heardAt: performance.now() });
    if (known === leaves) this.changed();
  }

  private tell(leaves: boolean): void {
    const { bus, clock } = this.options;
    const data: Present = { ...this.self, leaves };
    const event = cloudEvent({ id: randomId(), type: 'io.driftledger.evaluator', at: clock.now(), data });
    bus.publish(SUBJECT, event).catch(() => undefined);
  }
}

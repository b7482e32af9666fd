import { setTimeout as delay } from 'node:timers/promises';
import { type CheckpointStore } from '#libs/event-store';
import { InMemoryCheckpointStore } from '#libs/event-store/memory';
import { formatPosition, instant, positionOf, randomId } from '#libs/kernel';
import {
  type BusSubscription,
  BusUnavailable,
  type CloudEvent,
  cloudEvent,
  MessageBus,
  type MessageHandler,
  type SubscriptionOptions,
} from '#libs/messaging';
import { InProcessMessageBus } from '#libs/messaging/in-process';
import { PROGRESS_SUBJECT, RemoteProgress } from './remote-progress.js';

/** A bus that may be away. */
class Bus extends MessageBus {
  away = false;
  readonly behind = new InProcessMessageBus();
  async publish(subject: string, event: CloudEvent): Promise<void> {
    await this.behind.publish(subject, event);
  }
  async subscribe(pattern: string, handler: MessageHandler, options: SubscriptionOptions): Promise<BusSubscription> {
    if (this.away) throw new BusUnavailable('away');
    return this.behind.subscribe(pattern, handler, options);
  }
  async close(): Promise<void> {
    await this.behind.close();
  }
}

describe('how far projections are that other processes run', () => {
  const PROJECTIONS = [{ name: 'sales', version: 1 }, { name: 'stock', version: 2 }]; // prettier-ignore
  let bus: Bus;
  let checkpoints: CheckpointStore;
  let progress: RemoteProgress;
  beforeEach(() => {
    bus = new Bus();
    checkpoints = new InMemoryCheckpointStore();
    progress = new RemoteProgress(PROJECTIONS, bus, checkpoints);
  });
  afterEach(async () => {
    await progress.close();
    await bus.close();
  });
  const say = (projection: string, position: bigint): Promise<void> =>
    bus.publish(
      `${PROGRESS_SUBJECT}.${projection}`,
      cloudEvent({
        id: randomId(),
        type: 'io.driftledger.progress',
        at: instant(0),
        data: { projection, position: formatPosition(positionOf(position)) },
      }),
    );
  const until = async (name: string, position: bigint | undefined): Promise<void> => {
    for (const end = Date.now() + 10_000; progress.reached(name)?.commit !== position; await delay(5))
      if (Date.now() > end) throw new Error(`${name} is said to be at ${progress.reached(name)?.commit}`);
  };

  it('is what was said last, of the version of this release only', async () => {
    progress.start();
    await delay(20);
    await say('sales.v1', 5n);
    await say('sales.v2', 99n);
    await say('sales.v1', 7n);
    await until('sales', 7n);
    expect([progress.reached('stock'), progress.reached('unknown')]).toEqual([undefined, undefined]);
    // Tables were lost, and are made anew.
    await say('sales.v1', 2n);
    await until('sales', 2n);
  });

  it('is what the checkpoint says where nobody says anything, or who said it died', async () => {
    await checkpoints.save('stock.v2', positionOf(4n));
    progress.start();
    await until('stock', 4n);
    await say('stock.v2', 6n);
    await until('stock', 6n);
    // It went on elsewhere, in silence.
    await checkpoints.save('stock.v2', positionOf(9n));
    await until('stock', 9n);
  });

  it('lets a reader wait for a position, names who is behind, and answers what is late with no', async () => {
    progress.start();
    await delay(20);
    await say('sales.v1', 5n);
    await until('sales', 5n);
    expect(await progress.lagging(positionOf(5n), 50)).toBe('stock.v2');
    const [waiting, inVain] = [progress.caughtUpTo(positionOf(8n), 5_000), progress.caughtUpTo(positionOf(9n), 100)];
    await say('stock.v2', 20n);
    await say('sales.v1', 8n);
    expect([await waiting, await inVain]).toEqual([true, false]);
    // The answer that came late helps who asks again.
    await say('sales.v1', 9n);
    await until('sales', 9n);
    expect(await progress.caughtUpTo(positionOf(9n), 0)).toBe(true);
  });

  it('tells of each change once, however often it is said', async () => {
    progress.start();
    await delay(20);
    let heard = 0;
    const end = progress.listen(() => (heard += 1));
    for (let time = 0; time < 3; time += 1) await say('sales.v1', 5n);
    await say('sales.v1', 6n);
    await until('sales', 6n);
    end();
    await say('sales.v1', 7n);
    await until('sales', 7n);
    expect(heard).toBe(2);
  });

  it('is asked of the checkpoints while the bus is away, and heard once it is there', async () => {
    bus.away = true;
    await checkpoints.save('sales.v1', positionOf(3n));
    progress.start();
    await until('sales', 3n);
    await say('sales.v1', 8n);
    await delay(30);
    expect(progress.reached('sales')?.commit).toBe(3n);
    bus.away = false;
    for (let said = 0; progress.reached('sales')?.commit !== 8n && said < 100; said += 1) {
      await say('sales.v1', 8n);
      await delay(50);
    }
    expect(progress.reached('sales')?.commit).toBe(8n);
  });
});

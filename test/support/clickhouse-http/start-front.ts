import { setTimeout as pause } from 'node:timers/promises';
import { ChildServer } from '../child-server.js';
import { type ChildSettings, type Fault, type FrontOptions, type FrontStats, type Order, type Reply } from './protocol.js';

type Answer = Extract<Reply, { kind: 'done' }>;

/** Statements that wait on purpose each keep a thread of Node busy. */
const THREADS = '16';

/** Orders to the front; each resolves when the front has obeyed. @throws Error when the child process is gone */
class FrontControl {
  constructor(private readonly send: (order: Order) => Promise<Answer>) {}

  /** Something goes wrong from now on, for as many statements as the fault says. */
  async inject(...faults: readonly Fault[]): Promise<void> {
    for (const fault of faults) await this.send({ order: 'inject', fault });
  }

  /** Nothing goes wrong from now on. What is held stays held. */
  async heal(): Promise<void> {
    await this.send({ order: 'heal' });
  }

  /** Lets go what `hold` holds. */
  async release(): Promise<void> {
    await this.send({ order: 'release' });
  }

  /** Connections are refused, and those that exist are reset; or taken again, at the same port. */
  async refuseConnections(refuse: boolean): Promise<void> {
    await this.send({ order: 'refuse-connections', refuse });
  }

  /** Resets every connection, idle or not. */
  async dropConnections(): Promise<void> {
    await this.send({ order: 'drop-connections' });
  }

  async stats(): Promise<FrontStats> {
    const { stats } = await this.send({ order: 'stats' });
    if (!stats) throw new Error('the HTTP front gave no statistics');
    return stats;
  }

  /** Waits until so many statements are held. */
  async untilHeld(count = 1): Promise<void> {
    while ((await this.stats()).held < count) await pause(5);
  }
}

/** An HTTP front of the embedded engine in a child process of its own. Data survive `kill()` and `restart()`. */
export class ClickHouseFront extends ChildServer<Order, Answer> {
  readonly control = new FrontControl((order) => this.send(order));

  constructor(private readonly options: FrontOptions) {
    super({ name: 'HTTP front', entry: 'test/support/clickhouse-http/main.mjs', env: { UV_THREADPOOL_SIZE: THREADS } });
  }

  /** For `openHttp`. */
  get url(): string {
    return `${this.options.tls ? 'https' : 'http'}://localhost:${this.port}`;
  }

  protected settings(): Omit<ChildSettings, 'port'> {
    return { data: this.directory, ...this.options };
  }
}

/** Starts an HTTP front that speaks what ClickHouse's clients speak. Whoever starts it calls `stop()`. */
export const startClickHouseFront = async (options: FrontOptions = {}): Promise<ClickHouseFront> => {
  const front = new ClickHouseFront(options);
  await front.start();
  return front;
};

import { join } from 'node:path';
import { ChildServer } from '../child-server.js';
import {
  type ChildSettings,
  type Entry,
  type FacadeOptions,
  type FacadeStats,
  type Fault,
  type Member,
  type Order,
  type Reply,
  type Seed,
} from './protocol.js';

type Answer = Extract<Reply, { kind: 'done' }>;

/** Orders to the facade; each resolves when the facade has obeyed. @throws Error when the child process is gone */
class FacadeControl {
  constructor(private readonly send: (order: Order) => Promise<Answer>) {}

  /** Something goes wrong from now on, for as many calls as the fault says. */
  async inject(...faults: readonly Fault[]): Promise<void> {
    for (const fault of faults) await this.send({ order: 'inject', fault });
  }

  /** Nothing goes wrong from now on. What is held stays held. */
  async heal(): Promise<void> {
    await this.send({ order: 'heal' });
  }

  /** Gives the held answers (`hold-append`) after all. */
  async releaseHeld(): Promise<void> {
    await this.send({ order: 'release-held' });
  }

  /** The clock stands at this time (milliseconds since 1970), or goes again. */
  async setTime(epochMs: number | undefined): Promise<void> {
    await this.send({ order: 'set-time', epochMs });
  }

  /** What gossip answers. Without it: this node alone, as leader. */
  async setMembers(members: readonly Member[]): Promise<void> {
    await this.send({ order: 'set-members', members });
  }

  async seed(seed: Seed): Promise<void> {
    await this.send({ order: 'seed', seed });
  }

  /** As when the cache of event ids has overflowed: `any` does not recognise what it has seen. */
  async forgetEventIds(): Promise<void> {
    await this.send({ order: 'forget-event-ids' });
  }

  /** Every live subscription is told again that it has caught up. */
  async repeatCaughtUp(): Promise<void> {
    await this.send({ order: 'repeat-caught-up' });
  }

  /** Ends every subscription with OK. */
  async endSubscriptions(): Promise<void> {
    await this.send({ order: 'end-subscriptions' });
  }

  /** Resets every connection. New ones are taken. */
  async dropConnections(): Promise<void> {
    await this.send({ order: 'drop-connections' });
  }

  /** `true`: resets every connection and refuses new ones. `false`: takes them again, at the same port. */
  async refuseConnections(refuse: boolean): Promise<void> {
    await this.send({ order: 'refuse-connections', refuse });
  }

  async stats(): Promise<FacadeStats> {
    const { value } = await this.send({ order: 'stats' });
    if (!value || !('calls' in value)) throw new Error('the facade gave no stats');
    return value;
  }

  /** The whole log, system events included, in its order. */
  async entries(): Promise<readonly Entry[]> {
    const { value } = await this.send({ order: 'entries' });
    if (!value || 'calls' in value) throw new Error('the facade gave no entries');
    return value;
  }
}

/** A protocol facade in a child process of its own. Certificates survive `kill()` and `restart()`. */
export class Facade extends ChildServer<Order, Answer> {
  readonly control = new FacadeControl((order) => this.send(order));

  constructor(private readonly options: FacadeOptions) {
    super({ name: 'facade', entry: 'test/support/eventstore-facade/main.mjs', serialization: 'advanced' });
  }

  /** The certificate of the authority that signed the server's. Made at the first start, kept over restarts. */
  get caFile(): string {
    return join(this.certificateDirectory, 'ca.pem');
  }

  /** For the options of another node. */
  get certificateDirectory(): string {
    return this.options.certificateDirectory ?? this.directory;
  }

  /** Connection string of the administrator. */
  get url(): string {
    return this.urlFor('admin:changeit');
  }

  /** Connection string of a user: `admin:changeit`, `ops:changeit` (may not read `$all`), or credentials nobody has. */
  urlFor(credentials: string): string {
    return this.options.tls === false
      ? `esdb://localhost:${this.port}?tls=false`
      : `esdb://${credentials}@localhost:${this.port}?tlsCAFile=${this.caFile}`;
  }

  protected settings(): Omit<ChildSettings, 'port'> {
    return { certificateDirectory: this.directory, ...this.options, directory: this.directory };
  }
}

/** Starts a protocol facade that speaks what EventStoreDB's clients speak. Whoever starts it calls `stop()`. */
export const startFacade = async (options: FacadeOptions = {}): Promise<Facade> => {
  const facade = new Facade(options);
  await facade.start();
  return facade;
};

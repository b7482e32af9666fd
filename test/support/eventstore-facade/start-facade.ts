import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** From the root of the project, where tests and benchmarks are started: this file may itself be built elsewhere. */
const ENTRY = join(process.cwd(), 'test/support/eventstore-facade/main.mjs');

/** Orders to the facade; each resolves when the facade has obeyed. @throws Error when the child process is gone */
class FacadeControl {
  private child: ChildProcess | undefined;
  private nextId = 0;
  private readonly waiting = new Map<number, { resolve(value: Value): void; reject(reason: Error): void }>();

  /** Called by whoever starts the child process. @param complaints what it writes to its standard error, as it comes */
  attach(child: ChildProcess, complaints: readonly string[]): void {
    this.child = child;
    child.on('message', (reply: Reply) => this.settle(reply));
    child.once('exit', () => {
      this.child = undefined;
      for (const { reject } of this.waiting.values()) reject(new Error(`the facade has ended\n${complaints.join('')}`));
      this.waiting.clear();
    });
  }

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
    const value = await this.send({ order: 'stats' });
    if (!value || !('calls' in value)) throw new Error('the facade gave no stats');
    return value;
  }

  /** The whole log, system events included, in its order. */
  async entries(): Promise<readonly Entry[]> {
    const value = await this.send({ order: 'entries' });
    if (!value || 'calls' in value) throw new Error('the facade gave no entries');
    return value;
  }

  private send(order: Order): Promise<Value> {
    const { child } = this;
    if (!child?.connected) return Promise.reject(new Error('the facade has ended'));
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      child.send({ id, ...order });
    });
  }

  private settle(reply: Reply): void {
    if (reply.kind === 'listening' || reply.id === undefined) return;
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if (reply.kind === 'done') waiting?.resolve(reply.value);
    else waiting?.reject(new Error(reply.message));
  }
}

type Value = FacadeStats | readonly Entry[] | undefined;

/** A protocol facade in a child process of its own. */
export class Facade {
  readonly control = new FacadeControl();
  private child: ChildProcess | undefined;
  private readonly directory = mkdtempSync(join(tmpdir(), 'driftledger-facade-'));
  private listensAt = 0;

  constructor(private readonly options: FacadeOptions) {}

  get port(): number {
    return this.listensAt;
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

  /** Starts the child process and resolves when it listens, at the port it had before if it had one. */
  async start(): Promise<void> {
    const settings: ChildSettings = { certificateDirectory: this.directory, ...this.options, directory: this.directory, port: this.port };
    const child = fork(ENTRY, [JSON.stringify(settings)], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: ['--enable-source-maps'],
    });
    const complaints: string[] = [];
    child.stderr?.on('data', (bytes: Buffer) => complaints.push(bytes.toString()));
    this.listensAt = await new Promise<number>((resolve, reject) => {
      child.once('message', (reply: Reply) => {
        if (reply.kind === 'listening') resolve(reply.port);
        else reject(new Error(reply.kind === 'failed' ? reply.message : 'the facade spoke before it listened'));
      });
      child.once('exit', (code) => reject(new Error(`the facade ended with ${code}:\n${complaints.join('')}`)));
    });
    this.child = child;
    this.control.attach(child, complaints);
  }

  /** An orderly end; its files are removed. */
  async stop(): Promise<void> {
    this.thaw();
    await this.end('SIGTERM');
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** No warning, no shutdown. `restart()` brings it back. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Kills what runs and starts it again at the same port, with the same certificates. */
  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** The process stops without its connections noticing. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }
}

/** Starts a protocol facade that speaks what EventStoreDB's clients speak. Whoever starts it calls `stop()`. */
export const startFacade = async (options: FacadeOptions = {}): Promise<Facade> => {
  const facade = new Facade(options);
  await facade.start();
  return facade;
};

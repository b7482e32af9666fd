import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type ChildSettings, type Fault, type FrontOptions, type FrontStats, type Order, type Reply } from './protocol.js';

/** From the root of the project, where tests and benchmarks are started: this file may itself be built elsewhere. */
const ENTRY = join(process.cwd(), 'test/support/clickhouse-http/main.mjs');
/** Statements that wait on purpose each keep a thread of Node busy. */
const THREADS = '16';

/** Orders to the front; each resolves when the front has obeyed. @throws Error when the child process is gone */
class FrontControl {
  private child: ChildProcess | undefined;
  private nextId = 0;
  private readonly waiting = new Map<number, { resolve(stats: FrontStats | undefined): void; reject(reason: Error): void }>();

  /** Called by whoever starts the child process. @param complaints what it writes to its standard error, as it comes */
  attach(child: ChildProcess, complaints: readonly string[]): void {
    this.child = child;
    child.on('message', (reply: Reply) => this.settle(reply));
    child.once('exit', () => {
      this.child = undefined;
      for (const { reject } of this.waiting.values()) reject(new Error(`the HTTP front has ended\n${complaints.join('')}`));
      this.waiting.clear();
    });
  }

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
    const stats = await this.send({ order: 'stats' });
    if (!stats) throw new Error('the HTTP front gave no statistics');
    return stats;
  }

  /** Waits until so many statements are held. */
  async untilHeld(count = 1): Promise<void> {
    while ((await this.stats()).held < count) await pause(5);
  }

  private send(order: Order): Promise<FrontStats | undefined> {
    const { child } = this;
    if (!child?.connected) return Promise.reject(new Error('the HTTP front has ended'));
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
    if (reply.kind === 'done') waiting?.resolve(reply.stats);
    else waiting?.reject(new Error(reply.message));
  }
}

/** An HTTP front of the embedded engine in a child process of its own. Data survive `kill()` and `restart()`. */
export class ClickHouseFront {
  readonly control = new FrontControl();
  private child: ChildProcess | undefined;
  private readonly directory = mkdtempSync(join(tmpdir(), 'driftledger-clickhouse-front-'));
  private listensAt = 0;

  constructor(private readonly options: FrontOptions) {}

  get port(): number {
    return this.listensAt;
  }

  /** For `openHttp`. */
  get url(): string {
    return `${this.options.tls ? 'https' : 'http'}://localhost:${this.port}`;
  }

  /** Starts the child process and resolves when it listens, at the port it had before if it had one. */
  async start(): Promise<void> {
    const settings: ChildSettings = { data: this.directory, ...this.options, port: this.port };
    const child = fork(ENTRY, [JSON.stringify(settings)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: ['--enable-source-maps'],
      env: { ...process.env, UV_THREADPOOL_SIZE: THREADS },
    });
    const complaints: string[] = [];
    child.stderr?.on('data', (bytes: Buffer) => complaints.push(bytes.toString()));
    this.listensAt = await new Promise<number>((resolve, reject) => {
      child.once('message', (reply: Reply) => {
        if (reply.kind === 'listening') resolve(reply.port);
        else reject(new Error(reply.kind === 'failed' ? reply.message : 'the HTTP front spoke before it listened'));
      });
      child.once('exit', (code) => reject(new Error(`the HTTP front ended with ${code}:\n${complaints.join('')}`)));
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

  /** Kills what runs and starts it again at the same port, on the same data. */
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

/** Starts an HTTP front that speaks what ClickHouse's clients speak. Whoever starts it calls `stop()`. */
export const startClickHouseFront = async (options: FrontOptions = {}): Promise<ClickHouseFront> => {
  const front = new ClickHouseFront(options);
  await front.start();
  return front;
};

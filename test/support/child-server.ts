import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a child says to its parent: first that it listens, then of each order that it is done or has failed. */
type Listening = { readonly kind: 'listening'; readonly port: number };
type Done = { readonly kind: 'done'; readonly id: number };
type Failed = { readonly kind: 'failed'; readonly id?: number; readonly message: string };

/** How a child process is started. */
export type ChildProgram = {
  /** As errors call it: "the facade". */
  readonly name: string;
  /** From the root of the project, where tests and benchmarks are started: what starts it may itself be built elsewhere. */
  readonly entry: string;
  /** `advanced` where more than JSON is said over the channel. */
  readonly serialization?: 'advanced';
  readonly env?: Readonly<Record<string, string>>;
};

/** A server in a child process of its own: told what to do over the channel, frozen, killed, and started again at the port it had. */
export abstract class ChildServer<Order extends object, Answer extends Done> {
  /** Removed by `stop()`. */
  protected readonly directory: string;
  private child: ChildProcess | undefined;
  private listensAt = 0;
  private nextId = 0;
  private readonly waiting = new Map<number, { resolve(answer: Answer): void; reject(reason: Error): void }>();

  constructor(private readonly program: ChildProgram) {
    this.directory = mkdtempSync(join(tmpdir(), `driftledger-${program.name.replaceAll(' ', '-')}-`));
  }

  /** What the child gets to know at its start; it is given the port, 0 for any, as well. */
  protected abstract settings(): object;

  get port(): number {
    return this.listensAt;
  }

  /** Starts the child process and resolves when it listens, at the port it had before if it had one. */
  async start(): Promise<void> {
    const { name, entry, serialization, env } = this.program;
    const child = fork(join(process.cwd(), entry), [JSON.stringify({ ...this.settings(), port: this.port })], {
      ...(serialization && { serialization }),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: ['--enable-source-maps'],
      env: { ...process.env, ...env },
    });
    const complaints: string[] = [];
    child.stderr?.on('data', (bytes: Buffer) => complaints.push(bytes.toString()));
    this.listensAt = await new Promise<number>((resolve, reject) => {
      child.once('message', (reply: Listening | Failed | Answer) => {
        if (reply.kind === 'listening') resolve(reply.port);
        else reject(new Error(reply.kind === 'failed' ? reply.message : `the ${name} spoke before it listened`));
      });
      child.once('exit', (code) => reject(new Error(`the ${name} ended with ${code}:\n${complaints.join('')}`)));
    });
    this.child = child;
    child.on('message', (reply: Listening | Failed | Answer) => this.settle(reply));
    child.once('exit', () => this.abandon(child, complaints));
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

  /** Kills what runs and starts it again at the same port, on the same files. */
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

  /** Resolves when the child has obeyed. @throws Error when it refuses, or is gone */
  protected send(order: Order): Promise<Answer> {
    const { child } = this;
    if (!child?.connected) return Promise.reject(new Error(`the ${this.program.name} has ended`));
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      child.send({ id, ...order });
    });
  }

  private settle(reply: Listening | Failed | Answer): void {
    if (reply.kind === 'listening' || reply.id === undefined) return;
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if (reply.kind === 'done') waiting?.resolve(reply);
    else waiting?.reject(new Error(reply.message));
  }

  private abandon(child: ChildProcess, complaints: readonly string[]): void {
    if (this.child === child) this.child = undefined;
    for (const { reject } of this.waiting.values()) reject(new Error(`the ${this.program.name} has ended\n${complaints.join('')}`));
    this.waiting.clear();
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';

const HOW_TO_INSTALL = 'nats-server is missing (apt-get install nats-server)';

const isInstalled = (): boolean => {
  try {
    execFileSync('nats-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/**
 * A suite that needs `nats-server`. On a user's machine the other tests must be able to pass without one, so it says what was not run;
 * where every test has to run (`CI=true`), it fails.
 */
export const describeWithNats = (name: string, suite: () => void): void => {
  if (isInstalled()) return describe(name, suite);
  describe(name, () => {
    it(`was not run: ${HOW_TO_INSTALL}`, () => {
      process.stderr.write(`\n*** ${name}: not run: ${HOW_TO_INSTALL} ***\n\n`);
      expect(process.env['CI']).not.toBe('true');
    });
  });
};

/** A real NATS server with JetStream, in a process and a directory of its own. */
export class NatsServer {
  private child: ChildProcess | undefined;
  private readonly directory = mkdtempSync(join(tmpdir(), 'driftledger-nats-'));

  private constructor(
    readonly port: number,
    private extra: readonly string[],
  ) {}

  /** @param extra arguments besides address, port and store, such as `['--user', 'u', '--pass', 'p']` */
  static async start(extra: readonly string[] = []): Promise<NatsServer> {
    const server = new NatsServer(await freePort(), extra);
    await server.up();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts it, at the same port and on the same store. @param extra other arguments than it was started with */
  async up(extra = this.extra): Promise<void> {
    this.extra = extra;
    const store = ['-js', '-sd', this.directory, '-a', '127.0.0.1', '-p', String(this.port)];
    const child = spawn('nats-server', [...store, ...this.extra], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child = child;
    const said: string[] = [];
    await new Promise<void>((resolve, reject) => {
      child.stderr.on('data', (bytes: Buffer) => {
        said.push(bytes.toString());
        if (said.join('').includes('Server is ready')) resolve();
      });
      child.once('exit', (code) => reject(new Error(`nats-server ended with ${code}:\n${said.join('')}`)));
      child.once('error', reject);
    });
  }

  /** No warning, no shutdown. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** The process stops without its connections noticing. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  /** Ends it for good; its files are removed. */
  async stop(): Promise<void> {
    this.thaw();
    await this.end('SIGTERM');
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }
}

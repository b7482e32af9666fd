import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { formatApiKey, readKeyFile } from '#libs/identity';

const MAIN = fileURLToPath(new URL('../../../standalone/src/main.js', import.meta.url));
const START_MS = 60_000;
const STOP_MS = 30_000;
/** Lines of its output kept for the message when it fails. */
const OUTPUT_LINES = 20;

/** The server ended, or did not start. The message carries the last lines it wrote. */
class ServerProcessError extends Error {
  override readonly name = 'ServerProcessError';
}

/** A standalone Driftledger as a process of its own, on a free port of this machine: the demo only talks to it as anybody could. */
export class ServerProcess {
  private stopping = false;

  private constructor(
    private readonly child: ChildProcess,
    private readonly output: readonly string[],
    readonly baseUrl: URL,
    readonly key: string,
  ) {}

  /** Resolves when it listens. @throws ServerProcessError */
  static async start(dataDirectory: string): Promise<ServerProcess> {
    const child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
      env: environmentFor(dataDirectory, process.env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    endWith(child);
    const output: string[] = [];
    const keep = (line: string): void => {
      // A message about a failure is shown to others; the link that signs in is not for them.
      if (line.includes('token=') || line.trim() === '') return;
      output.push(line);
      if (output.length > OUTPUT_LINES) output.shift();
    };
    createInterface({ input: child.stderr }).on('line', keep);
    try {
      const url = await addressOf(child, output, keep);
      const key = await readKeyFile(join(dataDirectory, 'admin.key'));
      if (!key) throw new ServerProcessError(`the server left no key in ${dataDirectory}`);
      return new ServerProcess(child, output, new URL(url), formatApiKey(key));
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  /** Rejects when the server ends before it is stopped; never resolves. To be raced with what depends on the server. */
  async failure(): Promise<never> {
    if (this.running) await once(this.child, 'exit');
    if (this.stopping) return new Promise<never>(() => undefined);
    throw new ServerProcessError(`the server ended with ${exitOf(this.child)}:\n${this.output.join('\n')}`);
  }

  /** An error that happened while talking to the server, with what the server had to say about it: its output is seen by nobody else. */
  explain(error: unknown): unknown {
    const complaints = this.output.filter((line) => line.startsWith('{'));
    if (!(error instanceof Error) || error instanceof ServerProcessError || complaints.length === 0) return error;
    return new ServerProcessError(`${error.message}\nThe server wrote:\n${complaints.join('\n')}`, { cause: error });
  }

  /** An orderly stop; killed when that takes too long. */
  async stop(): Promise<void> {
    this.stopping = true;
    if (!this.running) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(killer);
  }

  private get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }
}

/** A server must not outlive the demo it was started for: a signal that ends this process is passed on. */
const endWith = (child: ChildProcess): void => {
  const end = (signal: NodeJS.Signals): void => {
    child.kill('SIGTERM');
    process.exit(128 + (constants.signals[signal] ?? 0));
  };
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, end);
  child.once('exit', () => {
    for (const signal of signals) process.off(signal, end);
  });
};

/** What the user set for servers of their own must not change the demo: it runs on the defaults. */
export const environmentFor = (
  dataDirectory: string,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> => ({
  ...Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('DRIFTLEDGER_'))),
  DRIFTLEDGER_DATA: dataDirectory,
  DRIFTLEDGER_PORT: '0',
  NO_COLOR: '1',
});

/** The address the server prints once it listens. */
const addressOf = (child: ChildProcess, output: readonly string[], keep: (line: string) => void): Promise<string> =>
  new Promise((resolve, reject) => {
    const fail = (what: string): void => reject(new ServerProcessError(`the server ${what}:\n${output.join('\n')}`));
    const timer = setTimeout(() => fail(`did not listen within ${START_MS / 1000} s`), START_MS);
    child.once('error', reject);
    child.once('exit', () => fail(`ended with ${exitOf(child)}`));
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      keep(line);
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (url === undefined || line.startsWith('{')) return;
      clearTimeout(timer);
      resolve(url);
    });
  });

const exitOf = ({ exitCode, signalCode }: ChildProcess): string => String(exitCode ?? signalCode);

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

/** From the root of the project, where tests and benchmarks are started: this file may itself be built elsewhere. */
const MAIN = join(process.cwd(), 'dist/apps/standalone/src/main.js');

/** A standalone process on a data directory, as a user starts it: the built program, a free port. */
export class StandaloneProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly key: string,
    readonly output: readonly string[],
  ) {}

  /** Resolves when it listens. @throws Error with the output when it ends instead */
  static async start(data: string, environment: Readonly<Record<string, string>> = {}): Promise<StandaloneProcess> {
    const child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
      env: { ...process.env, DRIFTLEDGER_DATA: data, DRIFTLEDGER_PORT: '0', NO_COLOR: '1', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: string[] = [];
    child.stderr.on('data', (bytes: Buffer) => output.push(bytes.toString()));
    const url = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        output.push(line);
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
        if (found && !line.startsWith('{')) resolve(found);
      });
      child.once('exit', (code) => reject(new Error(`standalone ended with ${code}:\n${output.join('\n')}`)));
    });
    return new StandaloneProcess(child, url, readFileSync(join(data, 'admin.key'), 'utf8').trim(), output);
  }

  /** Of the process, for what only the operating system knows of it. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** No warning, no shutdown: what a power cut leaves behind, as far as the process goes. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }

  /** An orderly stop. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }

  /** Resolves when every subscription has handled everything in the log. */
  async caughtUp(timeoutMs = 30_000): Promise<void> {
    for (const until = Date.now() + timeoutMs; Date.now() < until;) {
      const response = await fetch(`${this.url}/metrics`, {
        headers: { authorization: `Bearer ${this.key}` },
        signal: AbortSignal.timeout(10_000),
      });
      const lags = [...(await response.text()).matchAll(/^driftledger_subscription_lag_events\{.*\} (\d+)$/gm)].map((match) =>
        Number(match[1]),
      );
      if (response.ok && lags.length > 0 && lags.every((lag) => lag === 0)) return;
      await delay(50);
    }
    throw new Error(`subscriptions did not catch up within ${timeoutMs} ms`);
  }

  async post(path: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/x-ndjson', ...headers },
      body,
      signal: AbortSignal.timeout(30_000),
    });
  }
}

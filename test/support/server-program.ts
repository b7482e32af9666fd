import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** From the root of the project, where tests are started. */
const mainOf = (name: string): string => join(process.cwd(), `dist/apps/${name}/src/main.js`);

/** How a program ended: its exit status (null when a signal ended it), and how long that took in milliseconds. */
export type Ended = { readonly status: number | null; readonly tookMs: number };

/** A program on servers, as an operator starts it: the built one, at an address that stays the same when it is started again. */
export class ServerProgram {
  /** What it has written since it was first started. */
  readonly output: string[] = [];
  private child: ChildProcess | undefined;

  constructor(
    readonly name: 'api' | 'ingest' | 'projector' | 'evaluator',
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.environment['DRIFTLEDGER_PORT']}`;
  }

  /** Resolves when it listens. @throws Error with its output when it ends instead */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--enable-source-maps', mainOf(this.name)], {
      env: { ...process.env, ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => this.output.push(bytes.toString()));
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (bytes: Buffer) => void (bytes.toString().includes('driftledger listens on') && resolve()));
      child.once('exit', (code) => reject(new Error(`${this.name} ended with ${code}:\n${this.output.join('')}`)));
    });
  }

  /** It stops without its connections noticing, until `thaw()`. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  /** `SIGKILL`: no warning, no shutdown. `SIGTERM`: as whoever stops it asks it to end. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<Ended> {
    const { child } = this;
    const begun = performance.now();
    if (child && child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'exit');
    }
    return { status: child?.exitCode ?? null, tookMs: performance.now() - begun };
  }
}

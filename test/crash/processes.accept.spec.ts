import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ClickHouseFront, startClickHouseFront } from '../support/clickhouse-http/start-front.js';
import { type Facade, startFacade } from '../support/eventstore-facade/start-facade.js';
import { describeWithNats, NatsServer } from '../support/nats-server.js';

const PATH = '/v1/deployments/many/predictions';
const ROWS = 20;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

/** A program on servers, as an operator starts it. */
class Program {
  readonly output: string[] = [];
  private child: ChildProcess | undefined;

  constructor(
    private readonly name: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.environment['DRIFTLEDGER_PORT']}`;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--enable-source-maps', `dist/apps/${this.name}/src/main.js`], {
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

  /** The code it ended with. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    child.kill(signal);
    await once(child, 'exit');
    return child.exitCode;
  }
}

describeWithNats('many processes on servers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'driftledger-processes-'));
  const keyFile = join(folder, 'admin.key');
  const programs: Program[] = [];
  let facade: Facade;
  let front: ClickHouseFront;
  let nats: NatsServer;

  const program = async (name: string, index: number): Promise<Program> => {
    const one = new Program(name, {
      DRIFTLEDGER_EVENTSTORE: facade.url,
      DRIFTLEDGER_CLICKHOUSE: front.url,
      DRIFTLEDGER_NATS: nats.url,
      // Both copies of the intake share it, for the keys in it.
      DRIFTLEDGER_DATA: join(folder, name === 'ingest' ? 'ingest' : `${name}-${index}`),
      DRIFTLEDGER_PORT: String(await freePort()),
      DRIFTLEDGER_ADMIN_KEY_FILE: keyFile,
    });
    programs.push(one);
    await one.start();
    return one;
  };

  beforeAll(async () => {
    [facade, front, nats] = await Promise.all([startFacade({ keepOverRestart: true }), startClickHouseFront(), NatsServer.start()]);
  });
  afterAll(async () => {
    await Promise.all(programs.map((one) => one.end('SIGKILL')));
    await Promise.all([facade.stop(), front.stop(), nats.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('count every acknowledged prediction once, whichever copy was asked and whichever process was killed', async () => {
    const projectors = [await program('projector', 1), await program('projector', 2)];
    const api = await program('api', 1);
    const ingests = [await program('ingest', 1), await program('ingest', 2)];
    const evaluators = [await program('evaluator', 1), await program('evaluator', 2)];
    expect(existsSync(keyFile)).toBe(true);
    const authorization = `Bearer ${readFileSync(keyFile, 'utf8').trim()}`;
    const asked = async (query: string, position?: string): Promise<unknown> => {
      const headers = { authorization, 'content-type': 'application/json', ...(position !== undefined && { 'x-read-after': position }) };
      const response = await fetch(`${api.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
      return response.ok ? response.json() : undefined;
    };

    const acknowledged: string[] = [];
    let position = '';
    /** As a careful producer: the same key until it is answered, at whichever copy. */
    const send = async (request: number): Promise<void> => {
      const ids = Array.from({ length: ROWS }, (_, row) => `p-${request}-${row}`);
      const body = JSON.stringify(ids.map((id, row) => ({ id, features: { a: row }, score: 0.5 })));
      for (let attempt = 0; ; attempt += 1) {
        const url = ingests[(request + attempt) % ingests.length]?.url ?? '';
        const headers = { authorization, 'content-type': 'application/json', 'idempotency-key': `key-${request}` };
        const answer = await fetch(`${url}${PATH}`, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) }).catch(
          () => undefined,
        );
        if (answer?.ok) {
          ({ position } = (await answer.json()) as { position: string });
          acknowledged.push(...ids);
          return;
        }
        if (attempt > 300) throw new Error(`${answer?.status}: ${await answer?.text()}`);
        await delay(100);
      }
    };

    let request = 0;
    const killed: readonly Program[] = [ingests[0], projectors[0], evaluators[0], api].flatMap((one) => one ?? []);
    for (const victim of killed) {
      for (let count = 0; count < 10; count += 1) await send(request++);
      await victim.end('SIGKILL');
      for (let count = 0; count < 5; count += 1) await send(request++);
      await victim.start();
    }
    await send(request++);

    // What was written last can be read: everything before it can.
    let seen: unknown;
    for (const until = Date.now() + 40_000; seen === undefined && Date.now() < until;) {
      seen = await asked(`{ prediction(deployment: "many", id: "p-${request - 1}-0") { score } }`, position);
    }
    expect(seen).toEqual({ data: { prediction: { score: 0.5 } } });
    const rows = await fetch(
      `${front.url}/?query=${encodeURIComponent('SELECT count(), uniqExact(key) FROM driftledger.predictions_keys_v1')}`,
    );
    expect((await rows.text()).trim().split('\t').map(Number)).toEqual([acknowledged.length, acknowledged.length]);
    expect(new Set(acknowledged).size).toBe(request * ROWS);

    // In order: nothing is left that would have to be waited for.
    expect(await Promise.all(programs.map((one) => one.end('SIGTERM')))).toEqual(programs.map(() => 0));
  });
});

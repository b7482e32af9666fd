import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { runCli } from '../support/cli-process.js';
import { type ClickHouseFront, startClickHouseFront } from '../support/clickhouse-http/start-front.js';
import { type Facade, startFacade } from '../support/eventstore-facade/start-facade.js';
import { freePort } from '../support/free-port.js';
import { describeWithNats, NatsServer } from '../support/nats-server.js';
import { OtlpReceiver } from '../support/otlp-receiver.js';
import { ServerProgram } from '../support/server-program.js';

const Compose = z.object({
  services: z.record(z.string(), z.object({ environment: z.record(z.string(), z.coerce.string()).default({}) })),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
});
const compose = Compose.parse(parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }));
/** What the image says where the file does not. */
const OF_IMAGE = new URLSearchParams(/^ENV (DRIFTLEDGER_.*)$/m.exec(readFileSync('Dockerfile', 'utf8'))?.[1]?.replaceAll(' ', '&'));
const NAMES = ['api', 'ingest', 'projector', 'evaluator'] as const;
/** What the protocol facade takes for its administrator's password. */
const FACADE_PASSWORD = 'changeit';

const TRACE_ID = 'a'.repeat(32);

/** Asks until the answer is of this status: what another process has written takes a moment to be known here. */
const answered = async (status: number, url: string, init: RequestInit = {}): Promise<string> => {
  for (const until = Date.now() + 120_000; ;) {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(5_000) });
    const text = await answer.text();
    if (answer.status === status) return text;
    if (Date.now() > until) throw new Error(`${url} answered ${answer.status}: ${text}`);
    await delay(100);
  }
};

describeWithNats('the programs of docker-compose.yml, with the environment and the secrets it gives them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'driftledger-compose-programs-'));
  const secrets = join(folder, 'secrets');
  const programs = new Map<string, ServerProgram>();
  let facade: Facade;
  let front: ClickHouseFront;
  let nats: NatsServer;
  /** What the shell that runs Compose has. */
  let collector: OtlpReceiver;

  const secret = (name: string): string => join(secrets, basename(compose.secrets[name]?.file ?? ''));

  /** On this machine names of containers are ports, `/run/secrets` is where the secrets were made, and a volume is a folder. */
  const environmentOf = (name: string, ports: ReadonlyMap<string, number>): Record<string, string> => {
    const placed = (value: string): string =>
      value
        .replace('${OTEL_EXPORTER_OTLP_ENDPOINT:-}', collector.url)
        .replace(/\$\{\w+:-([^}]*)\}/g, '$1')
        .replace(/\/run\/secrets\/([\w.-]+)/g, (_, one: string) => secret(one))
        .replace(/^\/data\b/, join(folder, name))
        .replace(/\b(kurrentdb|clickhouse|nats|ingest):\d+/g, (_, host: string) => `localhost:${ports.get(host)}`);
    const given = { ...Object.fromEntries(OF_IMAGE), ...compose.services[name]?.environment, DRIFTLEDGER_PORT: String(ports.get(name)) };
    return Object.fromEntries(Object.entries(given).map(([variable, value]) => [variable, placed(value)]));
  };

  beforeAll(async () => {
    mkdirSync(secrets);
    collector = await OtlpReceiver.start();
    // What exists is left as it is.
    writeFileSync(secret('kurrentdb-admin-password'), FACADE_PASSWORD);
    execFileSync(process.execPath, ['tools/compose-secrets.mjs', secrets]);
    const shown = { 'kurrentdb-ca.crt': 'ca.pem', 'kurrentdb-node.crt': 'server.pem', 'kurrentdb-node.key': 'server.key' };
    for (const [made, name] of Object.entries(shown)) copyFileSync(secret(made), join(folder, name));
    const users = { driftledger: readFileSync(secret('clickhouse-password'), 'utf8') };
    // Its volume is a directory that it is told when it is started here.
    const natsFile = join(folder, 'nats.conf');
    writeFileSync(natsFile, readFileSync(secret('nats.conf'), 'utf8').replace('store_dir: "/data", ', ''));
    [facade, front, nats] = await Promise.all([
      startFacade({ certificateDirectory: folder }),
      startClickHouseFront({ users }),
      NatsServer.start(['--config', natsFile, '-m', String(await freePort())]),
    ]);
    const ports = new Map([
      ['kurrentdb', facade.port],
      ['clickhouse', front.port],
      ['nats', nats.port],
    ]);
    for (const name of NAMES) ports.set(name, await freePort());
    for (const name of NAMES) programs.set(name, new ServerProgram(name, environmentOf(name, ports)));
  });
  afterAll(async () => {
    await Promise.all([...programs.values()].map((one) => one.end('SIGKILL')));
    await Promise.all([facade, front, nats, collector].map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  const urlOf = (name: string): string => programs.get(name)?.url ?? '';

  it('start, in whatever order, and get ready', async () => {
    await Promise.all([...programs.values()].map((one) => one.start()));
    for (const name of NAMES) {
      expect(await answered(200, `${urlOf(name)}/health`)).toBe('OK');
      await answered(200, `${urlOf(name)}/ready`);
    }
  });

  it('let the first administrator in by the command line beside the api, who lets in producers and Prometheus', async () => {
    const beside = { DRIFTLEDGER_DATA: join(folder, 'api'), DRIFTLEDGER_URL: urlOf('api') };
    const key = async (...argv: readonly string[]): Promise<Record<string, string>> => {
      const { status, out, err } = await runCli(['key', 'create', ...argv], beside);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      return { authorization: `Bearer ${out.split('\n')[0]}` };
    };
    const prometheus = await key('prometheus', '--role', 'auditor', '--label', 'metrics');
    for (const name of NAMES) expect(await answered(200, `${urlOf(name)}/metrics`, { headers: prometheus })).toContain('driftledger_');
    expect(await runCli(['deployment', 'register', 'checkout'], beside)).toMatchObject({ status: 0, err: '' });
    const producer = await key('checkout', '--role', 'producer', '--label', 'blue');
    const sent = await answered(200, `${urlOf('ingest')}/v1/deployments/checkout/predictions`, {
      method: 'POST',
      headers: { ...producer, 'content-type': 'application/json', traceparent: `00-${TRACE_ID}-${'b'.repeat(16)}-01` },
      body: JSON.stringify({ id: 'order-1', features: { age: 41 }, score: 0.7 }),
    });
    expect(JSON.parse(sent)).toMatchObject({ accepted: 1 });
  });

  it('tell a collector one trace of a prediction, from its request to its rows in another program', async () => {
    const insert = await collector.span(
      ({ traceId, attributes }) => traceId === TRACE_ID && attributes['db.collection.name'] === 'driftledger.predictions_keys_v1',
    );
    const handle = await collector.span(({ spanId }) => spanId === insert.parentSpanId);
    const request = await collector.span(({ spanId }) => spanId === handle.parentSpanId);
    expect([request, handle, insert].map(({ service, name }) => [service, name])).toEqual([
      ['driftledger-ingest', 'POST /v1/deployments/:deployment/predictions'],
      ['driftledger-projector', 'handle predictions.v1'],
      ['driftledger-projector', 'insert'],
    ]);
  });

  it('end in order', async () => {
    const ended = await Promise.all([...programs.values()].map((one) => one.end('SIGTERM')));
    expect(ended.map(({ status }) => status)).toEqual(NAMES.map(() => 0));
  });
});

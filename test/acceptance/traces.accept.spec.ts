import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.js';
import { StandaloneProcess } from '../support/standalone-process.js';

const traceIdOf = (letter: string): string => letter.repeat(32);
const callerOf = (letter: string): string => `00-${traceIdOf(letter)}-${letter.repeat(16)}-01`;
const PREDICTIONS = '/v1/deployments/traced/predictions';
const JSON_TYPE = { 'content-type': 'application/json' };

describe('spans of the whole program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'driftledger-traces-'));
  let receiver: OtlpReceiver;
  let program: StandaloneProcess;
  beforeAll(async () => {
    receiver = await OtlpReceiver.start();
    program = await StandaloneProcess.start(join(folder, 'data'), { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  });
  afterAll(async () => {
    await program.kill();
    await receiver.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The names of the spans from the caller's to this one; those that end later come later. */
  const pathTo = async ({ traceId, parentSpanId, name }: ReceivedSpan): Promise<readonly string[]> => {
    if (parentSpanId === traceId.slice(0, 16)) return [name];
    return [...(await pathTo(await receiver.span((span) => span.traceId === traceId && span.spanId === parentSpanId))), name];
  };
  const spanOf = (letter: string, name: string, values: ReceivedSpan['attributes'] = {}): Promise<ReceivedSpan> =>
    receiver.span(
      (span) =>
        span.traceId === traceIdOf(letter) &&
        span.name === name &&
        Object.entries(values).every(([key, value]) => span.attributes[key] === value),
    );

  it('lead from a posted prediction to its row', async () => {
    const body = JSON.stringify({ id: 'order-1', subject: 'ada@example.com', features: { plan: 'secret-plan' }, score: 0.5 });
    const answer = await program.post(PREDICTIONS, body, { ...JSON_TYPE, traceparent: callerOf('a') });
    expect(answer.status).toBe(200);
    const route = 'POST /v1/deployments/:deployment/predictions';
    const insert = await spanOf('a', 'insert', { 'db.collection.name': 'driftledger.predictions_keys_v1' });
    expect(await pathTo(insert)).toEqual([route, 'handle predictions.v1', 'insert']);
    expect(await pathTo(await spanOf('a', 'append', { 'driftledger.stream.category': 'predictions' }))).toEqual([route, 'append']);
    const request = await spanOf('a', route);
    expect(request).toMatchObject({
      ...{ parentSpanId: 'a'.repeat(16), service: 'driftledger' },
      attributes: { 'http.request.method': 'POST', 'http.response.status_code': 200 },
    });
  });

  it('lead from a mutation over its command and its append to what others are told', async () => {
    const query = 'mutation { createMonitor(input: { deployment: "traced" }) { __typename ... on Refusal { message } } }';
    const answer = await program.post('/graphql', JSON.stringify({ query }), { ...JSON_TYPE, traceparent: callerOf('b') });
    expect(await answer.json()).toEqual({ data: { createMonitor: { __typename: 'MonitorPayload' } } });
    const append = await spanOf('b', 'append');
    expect(await pathTo(append)).toEqual(['POST /graphql', expect.stringMatching(/^command /), 'append']);
    const publish = await spanOf('b', 'publish');
    expect(await pathTo(publish)).toEqual(['POST /graphql', expect.stringMatching(/^command /), 'handle events-publisher', 'publish']);
    expect(publish.attributes).toEqual({ 'messaging.destination.name': 'driftledger.events.monitor.MonitorCreated' });
  });

  it('say nothing of what was sent, of who sent it, or of anybody', async () => {
    expect(JSON.stringify(receiver.spans, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).not.toMatch(
      /ada@|secret-plan|order-1|Bearer|dl_[a-z0-9]{16}/,
    );
  });

  it('are not made of probes, and a trace that its caller does not keep is not kept here', async () => {
    await fetch(`${program.url}/health`, { headers: { traceparent: callerOf('c') } });
    await program.post(PREDICTIONS, '{"id":"order-2","features":{},"score":0.5}', { traceparent: callerOf('d').replace(/1$/, '0') });
    await program.post(PREDICTIONS, '{"id":"order-3","features":{},"score":0.5}', { traceparent: callerOf('e') });
    await spanOf('e', 'append');
    expect(receiver.spans.filter(({ traceId }) => [traceIdOf('c'), traceIdOf('d')].includes(traceId))).toEqual([]);
  });

  it('are no condition for anything: the collector goes, and predictions are taken and counted', async () => {
    await receiver.stop();
    for (let count = 0; count < 50; count += 1)
      expect((await program.post(PREDICTIONS, `{"id":"away-${count}","features":{},"score":0.5}`)).status).toBe(200);
    await program.caughtUp();
    await program.stop();
  });
});

describe('without a collector', () => {
  it('nothing of OpenTelemetry but its interface, which the metrics need, is loaded', () => {
    const script = `await import('./dist/libs/platform/src/index.js');
      const { createRequire } = await import('node:module');
      const loaded = Object.keys(createRequire(import.meta.url).cache).map((file) => /@opentelemetry.([^/]+)/.exec(file)?.[1]);
      console.log([...new Set(loaded)].filter(Boolean).join());`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'reflect-metadata', '--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: 'api', stderr: '' });
  });
});

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import fc from 'fast-check';
import { ledgerOfLog } from '../support/ledger.js';
import { StandaloneProcess } from '../support/standalone-process.js';
import { LARGE_REQUESTS, malformedRequest, type MalformedRequest } from './malformed-requests.js';

const REQUESTS = 10_000;
const AT_ONCE = 16;
const GROWTH_MAX = 200 * 1024 * 1024;

describe('malformed input', () => {
  const data = mkdtempSync(join(tmpdir(), 'malformed-'));
  let standalone: StandaloneProcess;
  let goodSent = 0;
  beforeAll(async () => {
    standalone = await StandaloneProcess.start(data);
  });
  afterAll(async () => {
    await standalone.stop();
    rmSync(data, { recursive: true, force: true });
  });

  const send = ({ path, headers, body }: MalformedRequest): Promise<Response> =>
    fetch(`${standalone.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${standalone.key}`, ...headers },
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(20_000),
    });

  const sendGood = async (): Promise<void> => {
    goodSent += 1;
    const body = JSON.stringify({ id: `good-${goodSent}`, features: { x: goodSent } });
    const response = await standalone.post('/v1/deployments/malformed/predictions', body);
    expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ accepted: 1 })]);
  };

  const residentBytes = async (): Promise<number> => {
    const response = await fetch(`${standalone.url}/metrics`, { headers: { authorization: `Bearer ${standalone.key}` } });
    return Number(/^driftledger_process_resident_memory_bytes (\d+)/m.exec(await response.text())?.[1]);
  };

  /** A clean refusal: a client's fault, as a problem with a code. */
  const refusal = async (malformed: MalformedRequest): Promise<string | undefined> => {
    const response = await send(malformed).catch((error: unknown) => String(error));
    const about = `${malformed.what} ${malformed.path} ${JSON.stringify(malformed.headers)} ${Buffer.from(malformed.body.subarray(0, 300)).toString('latin1')}`;
    if (typeof response === 'string') return `${response}: ${about}`;
    const text = await response.text();
    const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
    const isClean = response.status >= 400 && response.status < 500 && isProblem && /"code":"[A-Z_0-9]+"/.test(text);
    return isClean ? undefined : `${response.status} ${text.slice(0, 300)}: ${about}`;
  };

  it(`is answered with a clean 4xx ${REQUESTS} times, in bounded memory, and leaves nothing behind`, async () => {
    await sendGood();
    const warmUp = fc.sample(malformedRequest, { numRuns: 500, seed: 1 });
    for (const each of warmUp) expect(await refusal(each)).toBeUndefined();
    const before = await residentBytes();
    const requests = fc.sample(malformedRequest, { numRuns: REQUESTS - LARGE_REQUESTS.length, seed: 2 });
    const queue = [...requests, ...LARGE_REQUESTS].values();
    const faults: string[] = [];
    const worker = async (): Promise<void> => {
      for (const each of queue) {
        const fault = await refusal(each);
        if (fault !== undefined) faults.push(fault);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const growth = (await residentBytes()) - before;
    expect(faults.slice(0, 10)).toEqual([]);
    expect(growth).toBeLessThan(GROWTH_MAX);
    await sendGood();
  });

  it.each([
    ['of another type', 'text/plain', 'x', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['that is too large', 'application/json', ' '.repeat(9_000_000), 413, 'BODY_TOO_LARGE'],
  ])('%s is a problem on every route', async (_, type, text, status, code) => {
    const response = await send({ what: 'principals', path: '/v1/principals', headers: { 'content-type': type }, body: Buffer.from(text) });
    expect([response.status, response.headers.get('content-type'), await response.json()]).toEqual([
      status,
      expect.stringContaining('application/problem+json'),
      expect.objectContaining({ status, code }),
    ]);
  });

  it('that announces more than the limit is refused before it is sent, naming the limit', async () => {
    const headers = {
      authorization: `Bearer ${standalone.key}`,
      'content-type': 'application/json',
      'content-length': 8 * 1024 * 1024 + 1,
    };
    const asked = request(`${standalone.url}/v1/deployments/malformed/labels`, { method: 'POST', headers });
    asked.flushHeaders();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    expect([response.statusCode, await json(response)]).toEqual([
      413,
      expect.objectContaining({ code: 'BODY_TOO_LARGE', limit: 8 * 1024 * 1024 }),
    ]);
    asked.destroy();
  });

  it('among good records costs only itself', async () => {
    const lines = fc
      .sample(malformedRequest, { numRuns: 200, seed: 3 })
      .map(({ body }) => Buffer.from(body).toString('utf8').replaceAll('\n', ' '));
    const broken = lines.filter((line) => line.trim() !== '' && line.includes('"label":{}') && !line.trimStart().startsWith('['));
    goodSent += 1;
    const body = [JSON.stringify({ id: `good-${goodSent}`, features: { x: goodSent } }), ...broken].join('\n');
    const response = await standalone.post('/v1/deployments/malformed/predictions', body);
    expect([response.status, await response.json()]).toEqual([
      200,
      expect.objectContaining({ accepted: 1, duplicates: 0, conflicts: 0, refusedCount: broken.length }),
    ]);
    expect(broken.length).toBeGreaterThan(20);
  });

  it('is in the log only as what was accepted', async () => {
    await standalone.caughtUp();
    await standalone.stop();
    const sum = (goodSent * (goodSent + 1)) / 2;
    expect(await ledgerOfLog(join(data, 'log.sqlite'), 'malformed')).toEqual({ ids: goodSent, features: { x: { count: goodSent, sum } } });
  });
});

import { type EventEmitter, on, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { SystemClock } from '#libs/kernel';
import { SqliteEventStore } from '#libs/event-store/sqlite';
import { StandaloneProcess } from '../support/standalone-process.js';
import { type MalformedGraphql } from './malformed-encodings.js';
import { malformedFrame, malformedSubscription } from './malformed-frames.js';
import { malformedGraphql } from './malformed-graphql.js';

const REQUESTS = 10_000;
/** After these the caches of documents are full, and the heap is as large as this load needs it. */
const WARM_UP = 2_000;
const SOCKETS = 300;
const AT_ONCE = 16;
const GROWTH_MAX = 200 * 1024 * 1024;

/** What a stack, a statement, an engine or a disk looks like. */
const INTERNALS =
  /\bat .+:\d+:\d+|node_modules|\.[jt]s:\d|\/(?:home|tmp|usr|var)\/|\bSELECT\b|\bFROM driftledger|DB::|Code: \d+|SQLITE|libsql|Cannot (?:read|destructure|convert)|is not a function|is not iterable|undefined \(|Maximum call stack/;

type Answer = {
  readonly data?: unknown;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
  readonly code?: string;
};

type Frame = { readonly type: string; readonly payload: unknown };

const isRefusal = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && Object.values(data).every((one) => typeof one === 'object' && one !== null && 'code' in one);

/** What is wrong with an answer to a malformed request; undefined when nothing is. */
const faultOf = (status: number, text: string): string | undefined => {
  if (status >= 500) return 'a fault of the server';
  if (INTERNALS.test(text)) return 'shows internals';
  const { data, errors, code } = JSON.parse(text) as Answer;
  if (code !== undefined) return status >= 400 ? undefined : 'a problem with the status of a success';
  if (errors)
    return errors.every(({ extensions }) => /^[A-Z_]+$/.test(extensions?.code ?? '') && extensions?.code !== 'INTERNAL')
      ? undefined
      : 'an error without a code';
  return isRefusal(data) ? undefined : 'answered';
};

describe('malformed GraphQL', () => {
  const data = mkdtempSync(join(tmpdir(), 'malformed-graphql-'));
  let standalone: StandaloneProcess;
  beforeAll(async () => {
    standalone = await StandaloneProcess.start(data);
  });
  afterAll(async () => {
    await standalone.stop();
    rmSync(data, { recursive: true, force: true });
  });

  const residentBytes = async (): Promise<number> => {
    const response = await fetch(`${standalone.url}/metrics`, { headers: { authorization: `Bearer ${standalone.key}` } });
    return Number(/^driftledger_process_resident_memory_bytes (\d+)/m.exec(await response.text())?.[1]);
  };

  const answers = async (): Promise<void> => {
    const response = await standalone.post('/graphql', '{"query":"{ deployments { nodes { name } } }"}', {
      'content-type': 'application/json',
    });
    expect([response.status, await response.json()]).toEqual([200, { data: { deployments: { nodes: [] } } }]);
  };

  const send = async ({ what, method, path, headers, body }: MalformedGraphql): Promise<string | undefined> => {
    const about = `${what} ${method} ${path.slice(0, 200)} ${JSON.stringify(headers)} ${Buffer.from(body?.subarray(0, 400) ?? []).toString('latin1')}`;
    try {
      const response = await fetch(`${standalone.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${standalone.key}`, ...headers },
        ...(body && { body: new Uint8Array(body) }),
        signal: AbortSignal.timeout(20_000),
      });
      const text = await response.text();
      const fault = faultOf(response.status, text);
      return fault && `${fault}: ${response.status} ${text.slice(0, 300)} <- ${about}`;
    } catch (error) {
      return `${String(error)} <- ${about}`;
    }
  };

  const sendAll = async (requests: readonly MalformedGraphql[]): Promise<readonly string[]> => {
    const queue = requests.values();
    const faults: string[] = [];
    const worker = async (): Promise<void> => {
      for (const each of queue) {
        const fault = await send(each);
        if (fault !== undefined) faults.push(fault);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return faults;
  };

  it(`is answered ${REQUESTS} times with a clean error or a refusal, in bounded memory`, async () => {
    const requests = fc.sample(malformedGraphql, { numRuns: REQUESTS, seed: 2 });
    const early = await sendAll(requests.slice(0, WARM_UP));
    const before = await residentBytes();
    const faults = [...early, ...(await sendAll(requests.slice(WARM_UP)))];
    const growth = (await residentBytes()) - before;
    expect(faults.slice(0, 10)).toEqual([]);
    expect(growth).toBeLessThan(GROWTH_MAX);
    await answers();
  });

  const open = async (...frames: readonly (string | Uint8Array)[]): Promise<WebSocket & EventEmitter> => {
    const socket: WebSocket & EventEmitter = new WebSocket(`${standalone.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    for (const frame of frames) socket.send(frame);
    return socket;
  };
  const init = () => JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${standalone.key}` } });
  const codeAfter = async (...frames: readonly (string | Uint8Array)[]): Promise<unknown> => {
    const socket = await open(...frames);
    const [code]: unknown[] = await once(socket, 'close', { signal: AbortSignal.timeout(5_000) });
    return code;
  };

  it(`closes a socket with its code, ${SOCKETS} times`, async () => {
    for (const frame of fc.sample(malformedFrame, { numRuns: SOCKETS, seed: 3 })) {
      const code = await codeAfter(init(), frame);
      if (code !== 4400 && code !== 4429) expect([Buffer.from(frame).subarray(0, 200).toString(), code]).toEqual(['', '4400 or 4429']);
    }
    expect(
      await codeAfter(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: 'subscription { alertChanged { position } }' } })),
    ).toBe(4401);
    expect(await codeAfter('{"type":"connection_init"}')).toBe(4403);
    await answers();
  });

  it('answers a subscription that cannot be with an error, and keeps the socket', async () => {
    const socket = await open(init());
    const messages = on(socket, 'message', { signal: AbortSignal.timeout(60_000) });
    const next = async (): Promise<Frame> => {
      const { value } = (await messages.next()) as { value: readonly unknown[] };
      const frame = JSON.parse(String(value[0])) as Frame;
      return frame.type === 'ping' ? next() : frame;
    };
    expect((await next()).type).toBe('connection_ack');
    for (const query of fc.sample(malformedSubscription, { numRuns: SOCKETS, seed: 4 })) {
      socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query } }));
      const { type, payload } = await next();
      const fault = faultOf(200, JSON.stringify({ errors: payload }));
      expect({ query: query.slice(0, 200), type, fault }).toEqual({ query: query.slice(0, 200), type: 'error', fault: undefined });
    }
    socket.close();
    await answers();
  });

  it('is in the log only as what was refused or looked at, and a flood of it as a few hundred events', async () => {
    await standalone.stop();
    const store = new SqliteEventStore({ file: join(data, 'log.sqlite'), clock: new SystemClock() });
    const types: string[] = [];
    for await (const message of store.subscribeAll({ after: 'start', signal: new AbortController().signal })) {
      if (message.kind === 'event') types.push(message.event.type);
      if (message.kind === 'caughtUp') break;
    }
    await store.close();
    expect(types.length).toBeLessThan(1_000);
    expect([...new Set(types)].sort()).toEqual([
      'CommandRefused',
      'KeyIssued',
      'PrincipalRegistered',
      'SensitiveDataRead',
      'UnauthenticatedAttempts',
    ]);
  });
});

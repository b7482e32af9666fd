import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Global, Module } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DEPLOYMENT_EVENTS, deploymentIdOf, DeploymentsWriteModule } from '#libs/deployments';
import { type AppendOptions, type AppendResult, EventCodec, EventStore, type NewEvent } from '#libs/event-store';
import { InMemoryEventStore } from '#libs/event-store/memory';
import { Directory } from '#libs/identity';
import { SystemClock } from '#libs/kernel';
import { openKeyDirectory } from '#libs/keys/directory';
import { InProcessLeases } from '#libs/leases/in-process';
import { DEFAULT_LIMITS, Intake, PREDICTION_EVENTS, Snapshots } from '#libs/predictions';
import { PredictionsHttpModule } from '#libs/predictions/http';
import { freePort } from '../../../test/support/free-port.js';
import { enrol, guardedApp } from '../../../test/support/guarded-app.js';
import { forwardToWriters } from './forward-to-writers.js';
import { Writers } from './writers.js';

const TIMEOUT_MS = 300;
const BELIEVED_MS = 3_000;
/** Of requests and bytes that wait for another copy. */
const LIMITS = { waitingRequestsMax: 3, waitingBytesMax: 100 };

/** A log that stores batches, and says so only when it may. */
class SlowStore extends InMemoryEventStore {
  gate: Promise<void> | undefined;

  override async append(stream: string, events: readonly NewEvent[], options: AppendOptions): Promise<AppendResult> {
    const result = await super.append(stream, events, options);
    if (stream.startsWith('predictions-')) await this.gate;
    return result;
  }
}

/** Writers that remember which of them did not answer. */
class RememberingWriters extends Writers {
  readonly forgotten: string[] = [];

  override forget(deploymentId: string): void {
    this.forgotten.push(deploymentId);
    super.forget(deploymentId);
  }
}

type Copy = { readonly url: string; readonly app: NestFastifyApplication; readonly writers: RememberingWriters };

describe('requests that reach a copy which does not write their deployment', () => {
  const directory = mkdtempSync(join(tmpdir(), 'driftledger-forward-'));
  let store: SlowStore;
  let leases: InProcessLeases;
  let key: string;
  let [one, other]: Copy[] = [];
  let strange: Server | undefined;

  const start = async (name: string): Promise<Copy> => {
    const intake = {
      provide: Intake,
      useFactory: (events: EventStore, codec: EventCodec, commands: CommandBus) =>
        new Intake({
          ...{ store: events, codec, commands, clock: new SystemClock(), limits: DEFAULT_LIMITS, onFirstPost: () => undefined },
          personal: openKeyDirectory(join(directory, 'keys')),
          snapshots: new Snapshots(join(directory, name)),
        }),
      inject: [EventStore, EventCodec, CommandBus],
    };
    @Global()
    @Module({ providers: [intake], exports: [Intake] })
    class IntakeOfSpec {}
    const imports = [DeploymentsWriteModule, IntakeOfSpec, PredictionsHttpModule];
    const app = await guardedApp({ imports, store, events: [...DEPLOYMENT_EVENTS, ...PREDICTION_EVENTS] });
    app
      .getHttpAdapter()
      .getInstance()
      .addContentTypeParser('*', { parseAs: 'buffer' }, (_request: unknown, body: unknown, done: (error: null, body: unknown) => void) =>
        done(null, body),
      );
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const writers = new RememberingWriters({ leases, url, isRegistered: async () => true, believedMs: BELIEVED_MS });
    forwardToWriters(app, writers, { limits: LIMITS, timeoutMs: TIMEOUT_MS });
    await app.listen(port, '127.0.0.1');
    return { url, app, writers };
  };
  const send = async (
    { url }: Copy,
    request: string,
    headers: Record<string, string> = {},
    deployment = 'shared',
  ): Promise<{ readonly status: number; readonly code?: string; readonly retryAfter: string | null; readonly answer: unknown }> => {
    const response = await fetch(`${url}/v1/deployments/${deployment}/predictions`, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson', 'idempotency-key': request },
        ...headers,
      },
      body: `{"id":"${request}-1"}\n{"id":"${request}-2"}\n`,
    });
    const answer = (await response.json()) as { code?: string };
    return {
      status: response.status,
      ...(answer.code !== undefined && { code: answer.code }),
      retryAfter: response.headers.get('retry-after'),
      answer,
    };
  };
  const MOVES = { status: 503, code: 'WRITER_MOVES', retryAfter: '1' };
  /** A copy that writes this deployment, and answers requests in its own way. */
  const strangeWriterOf = async (deployment: string, answer: RequestListener): Promise<void> => {
    const port = await freePort();
    strange = createServer(answer);
    await new Promise<void>((listens) => strange?.listen(port, '127.0.0.1', listens));
    await leases.acquire(`deployment-${deploymentIdOf(deployment)}`, {
      value: `http://127.0.0.1:${port}`,
      signal: new AbortController().signal,
    });
  };
  const batches = async (): Promise<number> => {
    let count = 0;
    for await (const { type } of store.readAll()) if (type === 'PredictionBatchRecorded') count += 1;
    return count;
  };

  beforeEach(async () => {
    store = new SlowStore(new SystemClock());
    leases = new InProcessLeases(new SystemClock());
    [one, other] = [await start('one'), await start('other')];
    key = await enrol(one.app, 'shop', 'producer');
    await other.app.get(Directory).caughtUp(5_000);
    expect(await send(one, 'first')).toMatchObject({ status: 200 });
  });
  afterEach(async () => {
    for (const { app, writers } of [one!, other!]) {
      await writers.stop();
      await app.close();
    }
    await leases.close();
    strange?.close().closeAllConnections();
    strange = undefined;
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('are stored by the one that does, and answered as if it had been asked, also at a resend anywhere', async () => {
    const sent = await send(other!, 'second');
    expect(sent).toMatchObject({ status: 200, answer: { accepted: 2, duplicates: 0 } });
    expect([(await send(other!, 'second')).answer, (await send(one!, 'second')).answer]).toEqual([sent.answer, sent.answer]);
    expect(await batches()).toBe(2);
    expect((await send(other!, 'third', { authorization: 'Bearer dl_none' })).status).toBe(401);
  });

  it('are sent again by their producer when the one that does is dead, until another has its role', async () => {
    await send(other!, 'second');
    await one!.app.close();
    expect(await send(other!, 'third')).toMatchObject(MOVES);
    await one!.writers.stop();
    expect(await send(other!, 'third')).toMatchObject({ status: 200, answer: { accepted: 2 } });
    expect(await batches()).toBe(3);
  });

  it('count once when the answer came too late and they are sent again', async () => {
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    expect(await send(other!, 'second')).toMatchObject(MOVES);
    open();
    expect(await send(other!, 'second')).toMatchObject({ status: 200, answer: { accepted: 2, duplicates: 0 } });
    expect(await batches()).toBe(2);
  });

  it('go one hop at most, and come again when the role has moved in the middle', async () => {
    const third = await start('third');
    await third.app.get(Directory).caughtUp(5_000);
    await send(third, 'second');
    expect(await send(other!, 'third', { 'x-driftledger-forwarded': '1' })).toMatchObject(MOVES);
    await send(other!, 'fourth');
    // Who asked first stands by first; the other believes for a while what it was told.
    await one!.writers.stop();
    expect(await send(other!, 'fifth')).toMatchObject(MOVES);
    await delay(BELIEVED_MS);
    expect(await send(other!, 'fifth')).toMatchObject({ status: 200, answer: { accepted: 2 } });
    expect([await third.writers.writerOf(deploymentIdOf('shared')), await batches()]).toEqual([{ kind: 'here' }, 4]);
    await third.writers.stop();
    await third.app.close();
  });

  it.each(['dies', 'hangs'])('come again when the one that does %s in the middle of its answer', async (end) => {
    let asked = 0;
    await strangeWriterOf('torn', (request, response) => {
      asked += 1;
      request.resume().on('end', () => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' }).write('{"accepted":2', () => {
          if (end === 'dies') response.socket?.destroy();
        });
      });
    });
    expect(await send(other!, 'second', {}, 'torn')).toMatchObject(MOVES);
    expect([asked, other!.writers.forgotten]).toEqual([1, [deploymentIdOf('torn')]]);
  });

  it('are refused when too many or too much wait for the one that does, and not for another that does', async () => {
    await strangeWriterOf('frozen', (request) => request.pause());
    const codesOf = async (requests: readonly string[]): Promise<readonly unknown[]> => {
      const sent = requests.map((request) => send(other!, request, {}, 'frozen'));
      expect(await send(other!, `beside-${requests.join('-')}`)).toMatchObject({ status: 200 });
      return (await Promise.all(sent)).map(({ status, code, retryAfter }) => [status, code, retryAfter]).sort();
    };
    const [moves, full] = [
      [503, 'WRITER_MOVES', '1'],
      [503, 'OVERLOADED', '1'],
    ];
    expect(await codesOf(['a', 'b', 'c', 'd'])).toEqual([full, moves, moves, moves]);
    expect(await codesOf(['second', 'thirds', 'fourth'])).toEqual([full, moves, moves]);
    expect(await codesOf(['e'])).toEqual([moves]);
  });
});

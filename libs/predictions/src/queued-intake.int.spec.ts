import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessDenied, Unavailable } from '#libs/event-store';
import { InMemoryEventStore } from '#libs/event-store/memory';
import { AccessLog, Authenticator, Directory, principalIdOf } from '#libs/identity';
import { SystemClock } from '#libs/kernel';
import { type QueuedMessage } from '#libs/messaging';
import { enrol, guardedApp } from '../../../test/support/guarded-app.js';
import { FaultyStore, IntakeWorld } from '../../../test/support/intake-world.js';
import { MessageSender } from './message-sender.js';
import { QueuedIntake } from './queued-intake.js';

const CHURN = 'driftledger.predictions.churn';

/** A message as a queue hands it over. */
const message = (body: string | Uint8Array, about: Partial<QueuedMessage> & { headers?: Record<string, string> } = {}): QueuedMessage => ({
  subject: CHURN,
  body: Buffer.from(body),
  header: (name) => about.headers?.[name],
  key: 'order-1',
  deliveries: 1,
  ...about,
});

describe('predictions and labels as messages', () => {
  const directory = mkdtempSync(join(tmpdir(), 'queued-intake-'));
  let [round, failures]: [number, unknown[]] = [0, []];
  let store: FaultyStore;
  let world: IntakeWorld;
  let app: NestFastifyApplication;
  let queued: QueuedIntake;
  let key: string;

  beforeEach(async () => {
    failures = [];
    store = new FaultyStore(new InMemoryEventStore(new SystemClock()));
    world = await IntakeWorld.open({ store, directory: join(directory, String((round += 1))) });
    app = await guardedApp({ store });
    await app.init();
    key = await enrol(app, 'checkout', 'producer');
    await enrol(app, 'carol', 'auditor');
    queued = queuedAs('checkout');
  });
  afterEach(async () => {
    store.fault = () => undefined;
    await world.stop();
    await app.close();
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const queuedAs = (principal: string | undefined): QueuedIntake =>
    new QueuedIntake({
      intake: world.intake,
      sender: new MessageSender({
        ...{ authenticator: app.get(Authenticator), directory: app.get(Directory), log: app.get(AccessLog) },
        principal,
      }),
      refusals: app.get(AccessLog),
      onFailure: (error) => failures.push(error),
    });

  const accessOf = async (name: string) => {
    const found: unknown[] = [];
    for await (const stored of store.readStream(`access-${principalIdOf(name)}`))
      found.push(JSON.parse(Buffer.from(stored.body).toString()));
    return found;
  };

  it('are taken as over HTTP: one object, an array, a line each, gzip', async () => {
    const ndjson = { headers: { 'content-type': 'application/x-ndjson' } };
    const gzip = { headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' } };
    for (const [index, one] of [
      message('{"id":"1","features":{"a":1}}'),
      message('[{"id":"2"},{"id":"3"}]'),
      message('{"id":"4"}\n{"id":"5"}\n', ndjson),
      message(gzipSync('{"id":"6"}\n'), gzip),
      message('[{"id":"1","label":true}]', { subject: 'driftledger.labels.churn' }),
    ].entries()) {
      expect(await queued.work({ ...one, key: `order-${index}` })).toEqual({ kind: 'done' });
    }
    expect(await world.ids()).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(await world.log('labels')).toHaveLength(1);
  });

  it('are stored once however often they are delivered, also without ids of their own', async () => {
    const one = message('{"features":{"a":1}}');
    for (const deliveries of [1, 2, 3]) expect(await queued.work({ ...one, deliveries })).toEqual({ kind: 'done' });
    expect(await world.ids()).toHaveLength(1);
  });

  it('are recorded as sent by the principal of the queue, over the bus', async () => {
    await queued.work(message('{"id":"1"}', { headers: { 'x-correlation-id': '0191d7a0-0000-7000-8000-000000000001' } }));
    const [event] = await world.log();
    expect(event?.metadata).toMatchObject({
      $correlationId: '0191d7a0-0000-7000-8000-000000000001',
      actor: { principalId: principalIdOf('checkout'), kind: 'person', via: 'nats' },
      source: { surface: 'bus', route: 'driftledger.predictions.*', addressClass: 'private' },
    });
  });

  it('are recorded as sent by the owner of their key, when they have one', async () => {
    expect(await queuedAs(undefined).work(message('{"id":"1"}', { headers: { authorization: `Bearer ${key}` } }))).toEqual({
      kind: 'done',
    });
    const [event] = await world.log();
    expect(event?.metadata.actor).toMatchObject({ principalId: principalIdOf('checkout'), via: expect.stringMatching(/^key /) });
  });

  it.each([
    ['a key that does not hold', 'checkout', { authorization: 'Bearer dl_0000000000000000_x' }],
    ['something that is no key', 'checkout', { authorization: 'Basic abc' }],
    ['no key where there is no principal for such', undefined, {}],
    ['no key where the principal is not known', 'nobody', {}],
  ])('are refused with %s', async (_, principal, headers) => {
    const verdict = await queuedAs(principal).work(message('{"id":"1"}', { headers }));
    expect(verdict).toMatchObject({ kind: 'refused', problem: { status: 401, code: 'UNAUTHENTICATED' } });
    expect(JSON.stringify(verdict)).not.toContain('dl_0000');
    expect(await world.ids()).toEqual([]);
  });

  it('are refused when the roles of the sender do not permit it, and that is recorded', async () => {
    expect(await queuedAs('carol').work(message('{"id":"1"}'))).toMatchObject({
      kind: 'refused',
      problem: { status: 403, code: 'FORBIDDEN' },
    });
    expect(await accessOf('carol')).toEqual([expect.objectContaining({ action: 'predictions.write', route: 'driftledger.predictions.*' })]);
  });

  it.each([
    ['no JSON', message('hello'), 'JSON_INVALID'],
    ['no record that can be read', message('[{"id":"1","at":"yesterday"}]'), 'NOTHING_ACCEPTED'],
    ['another type', message('hello', { headers: { 'content-type': 'text/plain' } }), 'TYPE_UNSUPPORTED'],
    ['damaged gzip', message('hello', { headers: { 'content-encoding': 'gzip' } }), 'GZIP_INVALID'],
    ['a name that is none', message('{"id":"1"}', { subject: 'driftledger.predictions.Not A Name' }), 'NAME_INVALID'],
    ['an id that is too long', message('{"id":"1"}', { key: 'x'.repeat(257) }), 'KEY_INVALID'],
    ['another subject', message('{"id":"1"}', { subject: 'driftledger.other' }), 'NO_SUCH_SUBJECT'],
  ])('are refused for good with %s, and the refusal is in the log', async (_, one, code) => {
    expect(await queued.work(one)).toMatchObject({ kind: 'refused', problem: { code, detail: expect.any(String) } });
    expect(await accessOf('checkout')).toEqual([expect.objectContaining({ code })]);
  });

  it('are refused when the id was used with another body', async () => {
    await queued.work(message('{"id":"1"}'));
    expect(await queued.work(message('{"id":"2"}'))).toMatchObject({ kind: 'refused', problem: { status: 422, code: 'KEY_REUSED' } });
  });

  it('wait while the log is away, longer each time, and are never refused for it', async () => {
    store.fault = () => new Unavailable('not-written', 'away');
    const waits: unknown[] = [];
    for (const deliveries of [1, 3, 500]) waits.push(await queued.work(message('{"id":"1"}', { deliveries })));
    expect(waits).toEqual([
      { kind: 'later', afterMs: 1_000 },
      { kind: 'later', afterMs: 4_000 },
      { kind: 'later', afterMs: 30_000 },
    ]);
    store.fault = () => undefined;
    expect(await queued.work(message('{"id":"1"}', { deliveries: 501 }))).toEqual({ kind: 'done' });
    expect(await world.ids()).toEqual(['1']);
  });

  it('are stored once when the log stored them and its answer was lost', async () => {
    const lost = new Set<string>();
    store.fault = (stream) => {
      if (lost.has(stream)) return undefined;
      lost.add(stream);
      return { afterWriting: new Unavailable('unknown', 'the answer was lost') };
    };
    for (let deliveries = 1; deliveries < 5; deliveries += 1) await queued.work(message('{"features":{"a":1}}', { deliveries }));
    expect(await world.ids()).toHaveLength(1);
  });

  const failingWith = (fault: () => Error): QueuedIntake =>
    new QueuedIntake({
      intake: { predictions: () => Promise.reject(fault()), labels: () => Promise.reject(fault()) },
      sender: new MessageSender({
        ...{ authenticator: app.get(Authenticator), directory: app.get(Directory), log: app.get(AccessLog) },
        principal: 'checkout',
      }),
      refusals: app.get(AccessLog),
      onFailure: (error) => failures.push(error),
    });
  const LATER = { kind: 'later' };

  it('are tried again after a failure nobody foresaw, which is told, and set aside in the end', async () => {
    const broken = failingWith(() => new Error('a mistake'));
    const verdicts: unknown[] = [];
    for (let deliveries = 1; deliveries <= 10; deliveries += 1) verdicts.push(await broken.work(message('{}', { deliveries })));
    expect(verdicts[0]).toEqual({ kind: 'later', afterMs: 1_000 });
    expect(verdicts.slice(1, 9)).toMatchObject(Array.from({ length: 8 }, () => LATER));
    expect(verdicts[9]).toMatchObject({ kind: 'refused', problem: { status: 500, code: 'INTERNAL' } });
    expect(failures.map(String)).toEqual(Array.from({ length: 10 }, () => 'Error: a mistake'));
  });

  it('are set aside for failures of their own only, not for deliveries while the log was away or for those of others', async () => {
    let fault: Error = new Unavailable('not-written', 'away');
    const broken = failingWith(() => fault);
    for (let deliveries = 1; deliveries <= 12; deliveries += 1) await broken.work(message('{}', { deliveries }));
    expect(failures).toEqual([]);
    fault = new Error('a mistake');
    expect(await broken.work(message('{}', { deliveries: 13 }))).toMatchObject(LATER);
    for (let other = 0; other < 12; other += 1) expect(await broken.work(message('{}', { key: `other-${other}` }))).toMatchObject(LATER);
  });

  it.each([
    ['the log does not let this process in', new AccessDenied('the server has just started')],
    ['the disk is full', Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })],
  ])('wait while %s, which is told', async (_, fault) => {
    const waiting = failingWith(() => fault);
    for (let deliveries = 1; deliveries <= 12; deliveries += 1)
      expect(await waiting.work(message('{}', { deliveries }))).toMatchObject(LATER);
    expect(failures).toHaveLength(12);
  });
});

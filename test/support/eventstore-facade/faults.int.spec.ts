import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreDBClient, START, jsonEvent, type AppendResult } from '@eventstore/db-client';
import { Metadata, credentials } from '@grpc/grpc-js';
import { shared, streams, streamsService } from './generated.js';
import { facadeSetup, plain, streamPerTest } from './facade-setup.js';
import { type Facade, startFacade } from './start-facade.js';
import { uuidOf } from './wire.js';

const thing = () => jsonEvent({ type: 'ThingHappened', data: {} });
const PENDING = Symbol('pending');
/** What a promise has come to after a while. */
const after = async (promise: Promise<unknown>, ms: number): Promise<unknown> =>
  Promise.race([promise.catch((error: unknown) => error), delay(ms, PENDING)]);

describe('faults of the protocol facade, as the real client meets them', () => {
  let facade: Facade;
  let client: EventStoreDBClient;
  const { open, close, sharing } = facadeSetup((opened) => ({ facade, client } = opened));
  let stream = '';
  streamPerTest((name) => (stream = name));
  const append = (options: Parameters<EventStoreDBClient['appendToStream']>[2] = {}): Promise<AppendResult> =>
    client.appendToStream(stream, thing(), options);
  const stored = async (): Promise<number> => (await facade.control.entries()).filter((entry) => entry.stream === stream).length;

  describe('an append', () => {
    sharing();

    it('that is held is never answered on a batch stream, whatever deadline the client gave, and can be released', async () => {
      await facade.control.inject({ kind: 'hold-append', written: true });
      const held = append({ deadline: 200 });
      expect(await after(held, 1_000)).toBe(PENDING);
      expect(await stored()).toBe(1);
      await facade.control.releaseHeld();
      expect(await held).toMatchObject({ nextExpectedRevision: 0n });
    });

    it('that is held ends at its deadline when it is a plain one', async () => {
      await facade.control.inject({ kind: 'hold-append', written: false });
      await expect(append({ deadline: 200, ...plain })).rejects.toMatchObject({ type: 'deadline-exceeded' });
      expect(await stored()).toBe(0);
    });

    it.each([
      ['batch', {}],
      ['plain', plain],
    ])('may be stored though its answer is UNAVAILABLE (%s)', async (_, options) => {
      await facade.control.inject({ kind: 'append-unavailable', written: true });
      await expect(append(options)).rejects.toMatchObject({ type: 'unavailable' });
      expect(await stored()).toBe(1);
      await facade.control.inject({ kind: 'append-unavailable', written: false });
      await expect(append(options)).rejects.toMatchObject({ code: 14 });
      expect(await stored()).toBe(1);
    });

    it('is refused as too large, of its own size or of one event', async () => {
      await facade.control.inject({ kind: 'append-too-large', of: 'event', times: 2 });
      await expect(append(plain)).rejects.toMatchObject({ code: 3 });
      await expect(append()).rejects.toMatchObject({ type: 'unknown' });
      await facade.control.inject({ kind: 'append-too-large', of: 'append' });
      await expect(append()).rejects.toMatchObject({ type: 'maximum-append-size-exceeded' });
      expect(await stored()).toBe(0);
    });

    it('is answered late when it has to be, and everything works once healed', async () => {
      await facade.control.inject({ kind: 'slow-append', delayMs: 300, times: Infinity });
      const before = Date.now();
      await append();
      expect(Date.now() - before).toBeGreaterThanOrEqual(295);
      await facade.control.heal();
      await append();
      expect(await stored()).toBe(2);
    });

    it('ends at its deadline while the process is frozen, and works when it goes on', async () => {
      await append(plain);
      facade.freeze();
      await expect(append({ deadline: 300, ...plain })).rejects.toMatchObject({ type: 'deadline-exceeded' });
      facade.thaw();
      await append(plain);
      expect(await stored()).toBeGreaterThanOrEqual(2);
    });
  });

  describe('answers on a batch stream', () => {
    /** One append by the generated code alone: the client would end its process over some of these answers. */
    const answersToOne = async (count: number): Promise<readonly (readonly [string, 'success' | 'error'])[]> => {
      const raw = new streamsService.StreamsClient(`localhost:${facade.port}`, credentials.createInsecure());
      const call = raw.batchAppend(new Metadata());
      const request = new streams.BatchAppendReq();
      request.setCorrelationId(uuidOf('asked'));
      const options = new streams.BatchAppendReq.Options();
      options.setAny(new shared.Empty());
      request.setOptions(options);
      const message = new streams.BatchAppendReq.ProposedMessage();
      message.setId(uuidOf(randomUUID()));
      message.getMetadataMap().set('type', 'ThingHappened').set('content-type', 'application/json');
      request.addProposedMessages(message);
      request.setIsFinal(true);
      const answers: (readonly [string, 'success' | 'error'])[] = [];
      call.on('data', (answer: streams.BatchAppendResp) => {
        answers.push([answer.getCorrelationId()?.getString() ?? '', answer.hasError() ? 'error' : 'success']);
        if (answers.length === count) call.end();
      });
      call.write(request);
      await once(call, 'end');
      raw.close();
      return answers;
    };
    beforeEach(() => open({ tls: false }));
    afterEach(close);

    it('come twice, late after an error, or for nobody', async () => {
      expect(await answersToOne(1)).toEqual([['asked', 'success']]);
      await facade.control.inject({ kind: 'answer-twice' });
      expect(await answersToOne(2)).toEqual([
        ['asked', 'success'],
        ['asked', 'success'],
      ]);
      await facade.control.inject({ kind: 'answer-late', delayMs: 50 });
      expect(await answersToOne(2)).toEqual([
        ['asked', 'error'],
        ['asked', 'success'],
      ]);
      await facade.control.inject({ kind: 'answer-unknown-id' });
      const [stranger, own] = await answersToOne(2);
      expect(stranger?.[0]).not.toBe('asked');
      expect(own).toEqual(['asked', 'success']);
    });

    it('do not come when the server ends the stream with OK, though the event is stored', async () => {
      await facade.control.inject({ kind: 'end-batch', written: true });
      expect(await answersToOne(1)).toEqual([]);
      expect((await facade.control.stats()).openBatchStreams).toBe(0);
      expect((await facade.control.entries()).filter(({ type }) => type === 'ThingHappened')).toHaveLength(1);
    });
  });

  describe('a read or subscription', () => {
    sharing();
    beforeEach(() => facade.control.seed({ stream, count: 50 }));
    const readUntilItEnds = async (events: AsyncIterable<unknown>): Promise<readonly [number, unknown]> => {
      let count = 0;
      try {
        for await (const _ of events) count += 1;
      } catch (error) {
        return [count, error];
      }
      return [count, undefined];
    };

    it('loses its connection at an event', async () => {
      await facade.control.inject({ kind: 'drop-read', afterEvents: 20 }, { kind: 'drop-subscription', afterEvents: 30 });
      const [read, readError] = await readUntilItEnds(client.readStream(stream));
      expect(read).toBeLessThanOrEqual(20);
      expect(['cancelled', 'unavailable']).toContain((readError as { type: string }).type);
      const [subscribed, error] = await readUntilItEnds(client.subscribeToAll({ fromPosition: START }));
      expect(subscribed).toBeLessThanOrEqual(30);
      expect(['cancelled', 'unavailable']).toContain((error as { type: string }).type);
    });

    it('finishes without an error when the server ends it', async () => {
      await facade.control.inject({ kind: 'end-subscription', afterEvents: 10 });
      expect(await readUntilItEnds(client.subscribeToAll({ fromPosition: START }))).toEqual([10, undefined]);
      const live = client.subscribeToAll({ fromPosition: START });
      const [ended] = await Promise.all([readUntilItEnds(live), once(live, 'caughtUp').then(() => facade.control.endSubscriptions())]);
      expect(ended[1]).toBeUndefined();
      expect(ended[0]).toBeGreaterThanOrEqual(50);
    });

    it('is never answered', async () => {
      await facade.control.inject({ kind: 'hold-read' }, { kind: 'hold-subscription' });
      const read = client.readStream(stream);
      const subscription = client.subscribeToAll();
      expect(await after(once(read, 'data'), 300)).toBe(PENDING);
      expect(await after(once(subscription, 'confirmation'), 300)).toBe(PENDING);
      await Promise.all([read.cancel(), subscription.unsubscribe()]);
    });

    it('of the whole log is denied', async () => {
      await facade.control.inject({ kind: 'deny-all', times: 2 });
      expect(await readUntilItEnds(client.readAll())).toMatchObject([0, { type: 'access-denied' }]);
      expect(await readUntilItEnds(client.subscribeToAll())).toMatchObject([0, { type: 'access-denied' }]);
    });
  });

  describe('the connection', () => {
    afterEach(close);

    it('is refused for a while', async () => {
      await open();
      await append(plain);
      await facade.control.refuseConnections(true);
      await expect(append(plain)).rejects.toMatchObject({ code: 14 });
      await facade.control.refuseConnections(false);
      await expect(append({ ...plain, deadline: 5_000 })).resolves.toMatchObject({ nextExpectedRevision: 1n });
    });

    it('is new after the process was killed, and finds what was acknowledged', async () => {
      await open({ keepOverRestart: true });
      const { position } = await append(plain);
      await client.tombstoneStream(`${stream}-other`);
      const before = await facade.control.entries();
      await facade.restart();
      expect(await facade.control.entries()).toEqual(before);
      const again = EventStoreDBClient.connectionString(facade.url);
      const next = await again.appendToStream(stream, thing(), { expectedRevision: 0n });
      expect(next.position!.commit).toBeGreaterThan(position!.commit);
      await expect(again.appendToStream(`${stream}-other`, thing())).rejects.toMatchObject({ type: 'stream-deleted' });
      await again.dispose();
    });

    it('fails raw when the capabilities cannot be fetched', async () => {
      await open();
      await facade.control.inject({ kind: 'features-unavailable' });
      const error: unknown = await append().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 14 });
      expect(error).not.toHaveProperty('type');
    });

    it('is not made with a certificate whose time is over', async () => {
      await open({ expiredCertificate: true });
      await expect(append(plain)).rejects.toMatchObject({ code: 14 });
    });

    it('needs no TLS and no credentials when the facade has none', async () => {
      await open({ tls: false });
      expect(await append()).toMatchObject({ nextExpectedRevision: 0n });
      expect(await stored()).toBe(1);
    });

    it.each([
      ['23.10.1', 'timeout'],
      ['24.10.5', 'caught up'],
    ])('of a live subscription far behind: a server of %s says %s', async (version, expected) => {
      await open({ version });
      const subscription = client.subscribeToAll();
      subscription.resume();
      await once(subscription, 'caughtUp');
      const said = once(subscription, 'caughtUp').then(
        () => 'caught up',
        (error: { type: string }) => error.type,
      );
      await facade.control.seed({ stream: stream, count: 500 });
      expect(await said).toBe(expected);
      await subscription.unsubscribe();
    });

    it('to a server of 20.10 uses plain appends and hears of no catching up', async () => {
      await open({ version: '20.10.0' });
      await append();
      expect((await facade.control.stats()).appends).toEqual({ plain: 1, batch: 0 });
      const subscription = client.subscribeToAll();
      const caughtUp = once(subscription, 'caughtUp');
      await once(subscription, 'data');
      expect(await after(caughtUp, 300)).toBe(PENDING);
      await subscription.unsubscribe();
    });
  });

  describe('two nodes', () => {
    let leader: Facade;
    beforeEach(async () => {
      await open();
      leader = await startFacade({ certificateDirectory: facade.certificateDirectory });
    });
    afterEach(() => leader.stop());
    afterEach(close);

    it('send a write to the leader', async () => {
      await facade.control.inject({ kind: 'not-leader', host: 'localhost', port: leader.port });
      await expect(append(plain)).rejects.toMatchObject({ type: 'not-leader', leader: { address: 'localhost', port: leader.port } });
      await append(plain);
      expect(await stored()).toBe(0);
      expect((await leader.control.entries()).filter((entry) => entry.stream === stream)).toHaveLength(1);
    });

    it('are found by gossip', async () => {
      const members = [
        { host: 'localhost', port: facade.port, state: 'follower' },
        { host: 'localhost', port: leader.port, state: 'leader' },
      ] as const;
      await Promise.all([facade.control.setMembers(members), leader.control.setMembers(members)]);
      const cluster = EventStoreDBClient.connectionString(
        `esdb://admin:changeit@localhost:${facade.port},localhost:${leader.port}?tlsCAFile=${facade.caFile}&nodePreference=leader`,
      );
      await cluster.appendToStream(stream, thing());
      expect((await leader.control.entries()).filter((entry) => entry.stream === stream)).toHaveLength(1);
      await cluster.dispose();
    });
  });
});

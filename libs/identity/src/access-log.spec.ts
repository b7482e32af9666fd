import { type AppendOptions, type AppendResult, type NewEvent, EventCodec, Unavailable } from '#libs/event-store';
import { InMemoryEventStore } from '#libs/event-store/memory';
import { Clock, type Instant, instant } from '#libs/kernel';
import { AccessLog } from './access-log.js';
import { IDENTITY_EVENTS, UNAUTHENTICATED_STREAM, accessStream, principalIdOf } from './events.js';
import { MinuteTally, minuteOf } from './minute-tally.js';
import { processMeta } from './process-meta.js';

class HandClock extends Clock {
  at = 600_000;
  now(): Instant {
    return instant(this.at);
  }
}

class AwayEventStore extends InMemoryEventStore {
  away = false;
  override async append(stream: string, events: readonly NewEvent[], options: AppendOptions): Promise<AppendResult> {
    if (this.away) throw new Unavailable('not-written', 'away');
    return super.append(stream, events, options);
  }
}

const aLog = () => {
  const clock = new HandClock();
  const store = new AwayEventStore(clock);
  const codec = new EventCodec(IDENTITY_EVENTS);
  const log = new AccessLog(store, codec, clock);
  const dataOf = async (stream: string): Promise<unknown[]> => {
    const data: unknown[] = [];
    for await (const stored of store.readStream(stream)) data.push(codec.decode(stored).data);
    return data;
  };
  return { clock, store, log, dataOf };
};

describe('the access log', () => {
  it('keeps what it counted while the log is away, and writes it once', async () => {
    const { clock, store, log, dataOf } = aLog();
    log.unrecognised('MISSING');
    log.unrecognised('MISSING');
    log.unrecognised('EXPIRED');
    clock.at += 60_000;
    store.away = true;
    await expect(log.flush()).rejects.toThrow('away');
    store.away = false;
    await Promise.all([log.flush(), log.flush()]);
    expect(await dataOf(UNAUTHENTICATED_STREAM)).toEqual([
      { minute: 600_000, reason: 'MISSING', count: 2 },
      { minute: 600_000, reason: 'EXPIRED', count: 1 },
    ]);
  });

  it('writes the running minute when the process stops', async () => {
    const { log, dataOf } = aLog();
    log.start();
    log.unrecognised('MALFORMED');
    await log.stop();
    expect(await dataOf(UNAUTHENTICATED_STREAM)).toEqual([{ minute: 600_000, reason: 'MALFORMED', count: 1 }]);
  });

  it('holds a bounded number of counters, however long the log is away', () => {
    const { clock, log } = aLog();
    for (let minute = 0; minute < 2_000; minute += 1) {
      log.unrecognised('MISSING');
      clock.at += 60_000;
    }
    expect(log.uncounted).toBe(1_000);
  });

  it('records a refused command with its code, and not its data', async () => {
    const { log, dataOf } = aLog();
    const meta = processMeta('spec');
    await log.record({ type: 'RevokeRoles', meta }, { code: 'LAST_ADMIN', detail: 'one must stay' });
    const principalId = principalIdOf('driftledger');
    expect(await dataOf(accessStream(principalId))).toEqual([
      { principalId, command: 'RevokeRoles', code: 'LAST_ADMIN', detail: 'one must stay' },
    ]);
  });
});

describe('a flood', () => {
  const principalId = principalIdOf('driftledger');
  const refuse = (log: AccessLog, code = 'LAST_ADMIN') =>
    log.record({ type: 'RevokeRoles', stream: 'principal-x', meta: processMeta('spec') }, { code, detail: 'one must stay' });
  const counts = async (data: Promise<unknown[]>): Promise<unknown[]> =>
    (await data).map((one) => (typeof one === 'object' && one !== null && 'count' in one ? one.count : 'single'));

  it('of refused commands is recorded one by one sixty times a minute and principal, then counted by code', async () => {
    const { clock, log, dataOf } = aLog();
    for (let time = 0; time < 100; time += 1) await refuse(log);
    for (let time = 0; time < 5; time += 1) await refuse(log, 'PRINCIPAL_UNKNOWN');
    clock.at += 60_000;
    await refuse(log);
    await log.flush();
    expect(await counts(dataOf(accessStream(principalId)))).toEqual([...Array.from({ length: 61 }, () => 'single'), 40, 5]);
    expect((await dataOf(accessStream(principalId))).at(-1)).toEqual({
      ...{ principalId, command: 'RevokeRoles', code: 'PRINCIPAL_UNKNOWN', detail: 'one must stay', count: 5 },
    });
  });

  it('of the same sensitive read is recorded once and counted', async () => {
    const { clock, log, dataOf } = aLog();
    const read = { principalId, operation: 'GRAPHQL Query.auditTrail', argumentsSha256: 'a'.repeat(64), meta: processMeta('spec') };
    for (let time = 0; time < 100; time += 1) log.read(read);
    clock.at += 60_000;
    await log.flush();
    expect(await dataOf(accessStream(principalId))).toEqual([1, 99].map((count) => ({ ...withoutMeta(read), count })));
  });

  it('of different sensitive reads is told apart twenty times a minute and operation, then counted together', async () => {
    const { clock, log, dataOf } = aLog();
    for (let time = 0; time < 1_000; time += 1)
      log.read({
        principalId,
        operation: 'GRAPHQL Query.prediction',
        argumentsSha256: String(time).padStart(64, '0'),
        meta: processMeta('spec'),
      });
    clock.at += 60_000;
    await log.flush();
    const data = await dataOf(accessStream(principalId));
    expect([data.length, data.at(-2), data.at(-1)]).toEqual([
      22,
      { principalId, operation: 'GRAPHQL Query.prediction', count: 1 },
      { principalId, operation: 'GRAPHQL Query.prediction', count: 979 },
    ]);
  });

  it('of reads is in the log when the process stops', async () => {
    const { log, dataOf } = aLog();
    for (let time = 0; time < 3; time += 1) log.read({ principalId, operation: `GET /${time}`, meta: processMeta('spec') });
    await log.stop();
    expect(await dataOf(accessStream(principalId))).toHaveLength(3);
  });

  it('leaves no read unrecorded that could not be written when it happened', async () => {
    const { clock, store, log, dataOf } = aLog();
    store.away = true;
    log.read({ principalId, operation: 'GET /v1/principals', meta: processMeta('spec') });
    await new Promise(setImmediate);
    store.away = false;
    clock.at += 60_000;
    await log.flush();
    expect(await dataOf(accessStream(principalId))).toEqual([{ principalId, operation: 'GET /v1/principals', count: 1 }]);
  });
});

const withoutMeta = ({ meta: _, ...rest }: { readonly meta: unknown }): object => rest;

describe('minutes', () => {
  it('start at whole minutes, before 1970 as well', () => {
    expect([minuteOf(0), minuteOf(59_999), minuteOf(60_000), minuteOf(-1)]).toEqual([0, 0, 60_000, -60_000]);
  });
  it('are counted apart by key', () => {
    const tally = new MinuteTally<string>(10);
    tally.add({ minute: 0, what: 'a', count: 1 }, 'a');
    tally.add({ minute: 0, what: 'b', count: 2 }, 'b');
    tally.add({ minute: 0, what: 'a', count: 3 }, 'a');
    tally.add({ minute: 60_000, what: 'a', count: 4 }, 'a');
    expect(tally.takeBefore(60_000)).toEqual([
      { minute: 0, what: 'a', count: 4 },
      { minute: 0, what: 'b', count: 2 },
    ]);
    expect(tally.has(60_000, 'a')).toBe(true);
  });
});

import { Logger } from '@nestjs/common';
import { z } from 'zod';
import { type AppendResult, type DecodedSubscription, defineEvent, EventCodec, type SubscriptionRunner } from '#libs/event-store';
import { InMemoryCheckpointStore, InMemoryEventStore } from '#libs/event-store/memory';
import { type CommandMeta, idOfName, instant, type Position } from '#libs/kernel';
import { Metrics, NoTracing, Readiness } from '#libs/observability';
import { SubscriptionHost } from './subscription-host.js';

const Rang = defineEvent('BellRang', { version: 1, schema: z.object({ times: z.number() }) });
const id = idOfName('test', 'ring');
const meta: CommandMeta = {
  ...{ commandId: id, correlationId: id, causationId: id },
  actor: { principalId: id, kind: 'job', via: 'test' },
  source: { surface: 'internal', addressClass: 'process' },
};

describe('the metrics of subscriptions', () => {
  const clock = { time: 1_000_000, now: () => instant(clock.time) };
  const [store, codec, metrics] = [new InMemoryEventStore(clock), new EventCodec([Rang]), new Metrics(clock)];
  const host = new SubscriptionHost(store, codec, new InMemoryCheckpointStore(), metrics, new Readiness(), new NoTracing());
  const ring = (name: string) =>
    store.append('bell-1', [codec.encode(Rang.make({ times: 1 }), meta, idOfName('ring', name))], { expected: 'any' });
  const following = (name: string, handle: DecodedSubscription['handle']): DecodedSubscription => ({
    name,
    handles: ['BellRang'],
    handle,
    onPoison: 'stop',
  });
  const sample = async (metric: string, subscription: string): Promise<number> =>
    Number(
      new RegExp(`^driftledger_subscription_${metric}\\{subscription="${subscription}"\\} (.+)$`, 'm').exec(await metrics.text())?.[1],
    );
  beforeAll(() => void Logger.overrideLogger(false));
  afterAll(() => host.stop());

  it('tell how far each is behind, in events and by the age of the oldest it has not handled', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const runner = await host.start(following('slow', () => held));
    await ring('one');
    clock.time += 5_000;
    const { position } = await ring('two');
    clock.time += 2_000;
    expect(await sample('lag_events', 'slow')).toBe(2);
    expect(await sample('silent_seconds', 'slow')).toBeLessThan(5);
    expect(await sample('lag_seconds', 'slow')).toBe(7);
    release();
    if (position) await runner.caughtUpTo(position, 5_000);
    expect(await sample('lag_events', 'slow')).toBe(0);
    expect(await sample('lag_seconds', 'slow')).toBe(0);
  });

  it('say which has stopped for good', async () => {
    const runner = await host.start(following('broken', () => Promise.reject(new Error('cannot be handled'))));
    const { position } = await ring('three');
    if (position) await expect(runner.caughtUpTo(position, 5_000)).rejects.toThrow('cannot be handled');
    expect(await sample('stopped', 'broken')).toBe(1);
    expect(await sample('stopped', 'slow')).toBe(0);
  });
});

/** Checkpoints that are refused at times. */
class RefusedCheckpointStore extends InMemoryCheckpointStore {
  refused = false;
  override async save(subscription: string, position: Position): Promise<void> {
    if (this.refused) throw new Error('refused');
    return super.save(subscription, position);
  }
}

describe('a subscription that one process of several runs', () => {
  const clock = { now: () => instant(1_000_000) };
  const codec = new EventCodec([Rang]);
  const aWorld = () => {
    const [store, checkpoints] = [new InMemoryEventStore(clock), new RefusedCheckpointStore()];
    const aProcess = () => {
      const [metrics, readiness] = [new Metrics(clock), new Readiness()];
      const host = new SubscriptionHost(store, codec, checkpoints, metrics, readiness, new NoTracing());
      const samples = async () =>
        [...(await metrics.text()).matchAll(/^driftledger_subscription_(\w+)\{.*\} (.+)$/gm)].map((one) => one[0]);
      const ready = async () => (await readiness.report()).ready;
      return { host, samples, ready, stopped: async () => (await samples()).filter((one) => one.includes('_stopped')) };
    };
    const ring = () => store.append('bell-1', [codec.encode(Rang.make({ times: 1 }), meta, id)], { expected: 'any' });
    return { checkpoints, aProcess, ring };
  };
  const bell = (handle: () => Promise<void>): DecodedSubscription => ({ name: 'bell', handles: ['BellRang'], handle, onPoison: 'stop' });
  const broken = bell(() => Promise.reject(new Error('cannot be handled')));
  const sound = bell(() => Promise.resolve());
  /** Runs it until all of the log is handled, and gives it away. */
  const runThrough = async (host: SubscriptionHost, { position }: AppendResult): Promise<void> => {
    const given = new AbortController();
    const begun = (runner: SubscriptionRunner): void =>
      void (position ? runner.caughtUpTo(position, 5_000) : Promise.resolve(true)).finally(() => given.abort());
    await host.runUntil(given.signal, sound, { begun });
  };
  beforeAll(() => void Logger.overrideLogger(false));

  it('is told of by nobody who gave it away', async () => {
    const { aProcess, ring } = aWorld();
    const { host, samples } = aProcess();
    const given = new AbortController();
    const running = host.runUntil(given.signal, sound);
    expect(await samples()).toHaveLength(4);
    given.abort();
    await running;
    await ring();
    expect(await samples()).toEqual([]);
  });

  it('is stopped, and its process not ready, between the tries until one has come past the place', async () => {
    const { aProcess, ring } = aWorld();
    const { host, ready, stopped } = aProcess();
    const rung = await ring();
    await expect(host.runUntil(new AbortController().signal, broken)).rejects.toThrow('cannot be handled');
    expect([await ready(), await stopped()]).toEqual([false, ['driftledger_subscription_stopped{subscription="bell"} 1']]);
    await runThrough(host, rung);
    expect([await ready(), await stopped()]).toEqual([true, []]);
  });

  it('has recovered for a process where it failed once another one has come past the place', async () => {
    const { aProcess, ring } = aWorld();
    const [one, other] = [aProcess(), aProcess()];
    const rung = await ring();
    await expect(one.host.runUntil(new AbortController().signal, broken)).rejects.toThrow('cannot be handled');
    expect(await one.ready()).toBe(false);
    await runThrough(other.host, rung);
    expect([await one.ready(), await one.stopped()]).toEqual([true, []]);
  });

  it('is gone from its process also when it could not end in order', async () => {
    const { aProcess, checkpoints, ring } = aWorld();
    const { host, samples } = aProcess();
    const { position } = await ring();
    const given = new AbortController();
    const moved = (): void => void ((checkpoints.refused = true), given.abort());
    await expect(host.runUntil(given.signal, sound, { moved })).rejects.toThrow('refused');
    expect([position === undefined, host.all, await samples()]).toEqual([false, [], []]);
  });
});

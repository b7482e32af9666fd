import { Logger } from '@nestjs/common';
import { z } from 'zod';
import { type DecodedSubscription, defineEvent, EventCodec } from '#libs/event-store';
import { InMemoryCheckpointStore, InMemoryEventStore } from '#libs/event-store/memory';
import { type CommandMeta, idOfName, instant } from '#libs/kernel';
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

import { instant, randomId } from '#libs/kernel';
import { type CloudEvent, cloudEvent } from './cloud-event.js';
import { type BusMessage, type MessageBus, type SlowSubscriber, BusClosed } from './message-bus.js';

/** Messages as they arrive, and a way to wait for a number of them. */
const inbox = () => {
  const messages: BusMessage[] = [];
  const waiting = new Set<() => void>();
  const errors: unknown[] = [];
  const dropped: SlowSubscriber[] = [];
  const wake = () => [...waiting].forEach((check) => check());
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!holds()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return {
    messages,
    errors,
    dropped,
    numbers: () => messages.map(({ event }) => event.data),
    take: (message: BusMessage) => {
      messages.push(message);
      wake();
    },
    options: {
      name: 'spec',
      onError: (error: unknown) => {
        errors.push(error);
        wake();
      },
      onDropped: (error: SlowSubscriber) => {
        dropped.push(error);
        wake();
      },
    },
    count: (wanted: number) => until(() => messages.length >= wanted),
    until,
  };
};

const numbered = (data: number): CloudEvent => cloudEvent({ id: randomId(), type: 'io.driftledger.spec', at: instant(0), data });

/** What every message bus does. */
export const messageBusContract = (name: string, open: () => Promise<MessageBus>): void => {
  describe(`message bus: ${name}`, () => {
    let bus: MessageBus;
    beforeEach(async () => {
      bus = await open();
    });
    afterEach(() => bus.close());

    it('delivers to every matching subscription, in the order of publishing, and to no other', async () => {
      const [one, all, other] = [inbox(), inbox(), inbox()];
      await bus.subscribe('alerts.*.raised', one.take, one.options);
      await bus.subscribe('alerts.>', all.take, all.options);
      await bus.subscribe('measurements.>', other.take, other.options);
      for (let at = 0; at < 100; at += 1) await bus.publish(at % 2 ? 'alerts.fraud.raised' : 'alerts.fraud.cleared', numbered(at));
      await Promise.all([one.count(50), all.count(100)]);
      expect(all.numbers()).toEqual(Array.from({ length: 100 }, (_, at) => at));
      expect(one.numbers()).toEqual(Array.from({ length: 50 }, (_, at) => 2 * at + 1));
      expect(other.messages).toEqual([]);
    });

    it('delivers nothing that was published before the subscription', async () => {
      const late = inbox();
      await bus.publish('a.b', numbered(1));
      await bus.subscribe('a.b', late.take, late.options);
      await bus.publish('a.b', numbered(2));
      await late.count(1);
      expect(late.numbers()).toEqual([2]);
    });

    it('does not let a publisher wait for a handler, nor fail because of one', async () => {
      const box = inbox();
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      await bus.subscribe(
        'a',
        async (message) => {
          await held;
          if (message.event.data === 1) throw new Error('bad message');
          box.take(message);
        },
        box.options,
      );
      await bus.publish('a', numbered(1));
      await bus.publish('a', numbered(2));
      expect(box.messages).toEqual([]);
      release();
      await box.count(1);
      expect([box.numbers(), box.errors.map(String)]).toEqual([[2], ['Error: bad message']]);
    });

    it('drops a subscriber that does not keep up, loudly, and no one else', async () => {
      const [slow, fast] = [inbox(), inbox()];
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      await bus.subscribe('a', () => held, { ...slow.options, queueMax: 10 });
      await bus.subscribe('a', fast.take, fast.options);
      for (let at = 0; at < 50; at += 1) await bus.publish('a', numbered(at));
      await Promise.all([fast.count(50), slow.until(() => slow.dropped.length > 0)]);
      expect(slow.dropped.map(({ subscription }) => subscription)).toEqual(['spec']);
      release();
    });

    it('gives each subscriber what was published, whatever the publisher does with it afterwards', async () => {
      const box = inbox();
      await bus.subscribe('a', box.take, box.options);
      const data = { value: 1 };
      await bus.publish('a', cloudEvent({ id: randomId(), type: 'x', at: instant(0), data }));
      data.value = 2;
      await box.count(1);
      expect(box.numbers()).toEqual([{ value: 1 }]);
    });

    it('delivers nothing after unsubscribing, and waits for the handler at work', async () => {
      const box = inbox();
      const subscription = await bus.subscribe('a', box.take, box.options);
      await bus.publish('a', numbered(1));
      await box.count(1);
      await subscription.unsubscribe();
      await bus.publish('a', numbered(2));
      await bus.close();
      expect(box.numbers()).toEqual([1]);
    });

    it('aborts handlers when it closes and takes nothing afterwards', async () => {
      const box = inbox();
      await bus.subscribe(
        'a',
        (message, signal) => {
          box.take(message);
          return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
        },
        box.options,
      );
      await bus.publish('a', numbered(1));
      await box.count(1);
      await bus.close();
      await expect(bus.publish('a', numbered(2))).rejects.toBeInstanceOf(BusClosed);
      await expect(bus.subscribe('a', box.take, box.options)).rejects.toBeInstanceOf(BusClosed);
    });

    it.each(['', 'a..b', 'a.*', 'a b', 'a.>', 'ä'])('refuses to publish under %p', async (subject) => {
      await expect(bus.publish(subject, numbered(1))).rejects.toThrow('subject');
    });

    it.each(['', '>.a', 'a.>.b', 'a**', 'a b'])('refuses the pattern %p', async (pattern) => {
      const box = inbox();
      await expect(bus.subscribe(pattern, box.take, box.options)).rejects.toThrow('pattern');
    });
  });
};

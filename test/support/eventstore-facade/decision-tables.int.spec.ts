import fc from 'fast-check';
import { StreamDeleted, WrongExpectedRevision, type AppendOptions, type ExpectedRevision } from '#libs/event-store';
import { InMemoryEventStore } from '#libs/event-store/memory';
import { idOfName, instant } from '#libs/kernel';
import { Log } from './log.js';
import { visible } from './retention.js';
import { Store, type Written } from './store.js';

const STREAM = 'thing-1';
const NOW = instant(1_000_000);
const id = (label: number) => idOfName('decision tables', String(label));

type Step =
  | { readonly do: 'append'; readonly expected: ExpectedRevision; readonly labels: readonly number[] }
  | { readonly do: 'softDelete' | 'tombstone'; readonly expected: ExpectedRevision }
  | { readonly do: 'limit'; readonly maxCount: number };

const exact = fc.bigInt({ min: 0n, max: 6n });
const anything = fc.oneof(fc.constantFrom('any' as const, 'no_stream' as const, 'stream_exists' as const), exact);
const labels = fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 3 });
const anAppend = fc.record({
  do: fc.constant('append' as const),
  expected: anything,
  labels,
});
/** Half of the steps append something at random; the other half repeats, hides, ends or limits. */
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: anAppend },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('softDelete' as const), expected: anything }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('tombstone' as const), expected: anything }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('limit' as const), maxCount: fc.integer({ min: 1, max: 3 }) }) },
  ),
  { minLength: 1, maxLength: 12 },
);

type Said =
  | { readonly said: 'written' | 'idempotent'; readonly revision: bigint }
  | { readonly said: 'wrong'; readonly actual: bigint | 'no_stream' }
  | { readonly said: 'deleted' | 'done' };

/** The store of the product, asked as its users ask it. */
class Ours {
  readonly store = new InMemoryEventStore({ now: () => NOW });

  async take(step: Step): Promise<Said> {
    try {
      return await this.tried(step);
    } catch (error) {
      if (error instanceof StreamDeleted) return { said: 'deleted' };
      if (error instanceof WrongExpectedRevision) return { said: 'wrong', actual: error.actual };
      throw error;
    }
  }

  async visible(): Promise<readonly string[] | 'deleted'> {
    const ids: string[] = [];
    try {
      for await (const event of this.store.readStream(STREAM)) ids.push(event.id);
    } catch (error) {
      if (error instanceof StreamDeleted) return 'deleted';
      throw error;
    }
    return ids;
  }

  private async tried(step: Step): Promise<Said> {
    if (step.do === 'append') {
      const { revision, idempotent } = await this.append(step.labels, { expected: step.expected });
      return { said: idempotent ? 'idempotent' : 'written', revision };
    }
    if (step.do === 'limit') await this.store.setMeta(STREAM, { maxCount: step.maxCount });
    else await this.store[step.do](STREAM, { expected: step.expected });
    return { said: 'done' };
  }

  private append(numbers: readonly number[], options: AppendOptions): ReturnType<InMemoryEventStore['append']> {
    const metadata = {
      $correlationId: id(-1),
      $causationId: id(-1),
      commandId: id(-1),
      actor: { principalId: id(-1), kind: 'service', via: 'key:1' },
      source: { surface: 'internal', addressClass: 'process' },
      schemaVersion: 1,
      sha256: 'a'.repeat(64),
    } as const;
    const events = numbers.map((label) => ({
      id: id(label),
      type: 'Happened',
      contentType: 'application/json' as const,
      body: Buffer.from('{}'),
      metadata,
    }));
    return this.store.append(STREAM, events, options);
  }
}

/** The store of the facade, without a wire. */
class Theirs {
  private readonly log = new Log(undefined);
  private readonly store = new Store(this.log, { maxAppendBytes: 1_048_576, nowMs: () => NOW });

  holds(labels: readonly number[]): boolean {
    return this.log.stream(STREAM).some((record) => labels.map(id).some((wanted) => wanted === record.id));
  }

  visible(): readonly string[] | 'deleted' {
    const records = visible(this.log, STREAM, NOW);
    if (records === 'deleted') return records;
    return records === 'missing' ? [] : records.map((record) => record.id);
  }

  take(step: Step): Said {
    const written = this.tried(step);
    switch (written.kind) {
      case 'written':
        return step.do === 'append' ? { said: 'written', revision: written.revision } : { said: 'done' };
      case 'idempotent':
        return { said: 'idempotent', revision: written.revision };
      case 'wrong-version':
        return { said: 'wrong', actual: written.current < 0n ? 'no_stream' : written.current };
      case 'deleted':
        return { said: 'deleted' };
      case 'too-large':
        throw new Error('nothing here is large');
    }
  }

  private tried(step: Step): Written {
    const proposed = (type: string, label: number, body: string) => ({
      id: id(label),
      type,
      contentType: 'application/json',
      data: Buffer.from(body),
      metadata: new Uint8Array(),
    });
    if (step.do === 'append')
      return this.store.append(
        STREAM,
        step.expected,
        step.labels.map((label) => proposed('Happened', label, '{}')),
      );
    if (step.do !== 'limit') return this.store[step.do](STREAM, step.expected);
    const body = JSON.stringify({ $maxCount: step.maxCount });
    return this.store.append(`$$${STREAM}`, 'any', [proposed('$metadata', 1_000 + this.log.records.length, body)]);
  }
}

describe('the decision tables of the product and of the facade, written apart from each other', () => {
  it('say the same of every append, deletion and limit, and show the same events', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const [ours, theirs] = [new Ours(), new Theirs()];
        for (const step of history) {
          const known = step.do === 'append' && theirs.holds(step.labels);
          const [said, expected] = [await ours.take(step), theirs.take(step)];
          // The one sharpening of the product: an event id is unique in its stream, where the server would write it again.
          if (known && expected.said === 'written') {
            expect(said.said).toMatch(/idempotent|wrong/);
            return;
          }
          expect({ step, ...said }).toEqual({ step, ...expected });
          expect(await ours.visible()).toEqual(theirs.visible());
          compared += 1;
        }
      }),
      { seed: 4, numRuns: 400 },
    );
    expect(compared).toBeGreaterThan(1_000);
  });
});

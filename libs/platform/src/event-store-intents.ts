import { type Intent, IntentSchema, IntentStore } from '#libs/clickhouse';
import { defineEvent, EventCodec, type EventOf, type EventStore, type ExpectedRevision, WrongExpectedRevision } from '#libs/event-store';
import { type CommandMeta, derivedId, idOfName, randomId } from '#libs/kernel';

/** What a projection is about to write. It stands in `intent-<projection>`, which keeps the last one. */
export const IntentRecorded = defineEvent('IntentRecorded', { version: 1, schema: IntentSchema });

/** Another process has recorded an intent of this projection since this one looked. It passes by looking again, which says who writes. */
export class IntentOvertaken extends Error {
  override readonly name = 'IntentOvertaken';
  readonly transient = true;
}

/**
 * Intents in the log, where every process that may write a projection finds the last one. Each names the revision that was loaded, so a
 * process that was replaced cannot announce anything any more: it is told before its first row.
 */
export class EventStoreIntentStore extends IntentStore {
  private readonly codec = new EventCodec([IntentRecorded]);
  /** By projection, what its stream holds as far as this process knows. Absent: it has to be loaded first. */
  private readonly expected = new Map<string, ExpectedRevision>();
  private readonly limited = new Set<string>();

  constructor(private readonly store: EventStore) {
    super();
  }

  /**
   * @throws IntentOvertaken when another process came first
   * @throws Error when `load` was not asked since the start or the last error
   * @throws the errors of `EventStore.append`
   */
  async save(projection: string, intent: Intent): Promise<void> {
    const expected = this.expected.get(projection);
    if (expected === undefined) throw new Error(`the last intent of ${projection} has to be loaded before another is saved`);
    // Until it is known to be written: after an error only the stream itself can say what it holds.
    this.expected.delete(projection);
    await this.limit(projection);
    const meta = metaOf(projection);
    const event = this.codec.encode(IntentRecorded.make(intent), meta, derivedId(meta.commandId, 0));
    try {
      const { revision } = await this.store.append(streamOf(projection), [event], { expected });
      this.expected.set(projection, revision);
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
      throw new IntentOvertaken(`${projection}: another process has announced what it writes`, { cause: error });
    }
  }

  /** @throws Corrupt when the stream holds something else: guessing would risk doubled rows */
  async load(projection: string): Promise<Intent | undefined> {
    for await (const stored of this.store.readStream(streamOf(projection), { from: 'end', direction: 'backwards', limit: 1 })) {
      const { data } = this.codec.decode<EventOf<typeof IntentRecorded>>(stored);
      this.expected.set(projection, stored.revision);
      return data;
    }
    this.expected.set(projection, 'no_stream');
    return undefined;
  }

  /** One is kept, or the stream would grow with every batch. */
  private async limit(projection: string): Promise<void> {
    if (this.limited.has(projection)) return;
    const stream = streamOf(projection);
    const { maxCount, ...others } = await this.store.getMeta(stream);
    if (maxCount !== 1) await this.store.setMeta(stream, { ...others, maxCount: 1 });
    this.limited.add(projection);
  }
}

const streamOf = (projection: string): string => `intent-${projection}`;

const metaOf = (projection: string): CommandMeta => {
  const commandId = randomId();
  return {
    ...{ commandId, correlationId: commandId, causationId: commandId },
    actor: { principalId: idOfName('job', projection), kind: 'job', via: `projection:${projection}` },
    source: { surface: 'internal', addressClass: 'process' },
  };
};

import { hash } from 'node:crypto';
import { deflateSync, inflateSync } from 'node:zlib';
import { type CommandMeta, type DomainEvent, type EventMetadata, type Recorded, type Uuid } from '#libs/kernel';
import { type EventDefinition } from './define-event.js';
import { Corrupt } from './errors.js';
import { fromJsonText, toJsonText } from './json-tree.js';
import { type NewEvent, type StoredEvent } from './store.js';

/**
 * Bodies above this many bytes are stored deflated. A single prediction of 25 features is 2.3 KB of JSON and a third of that deflated; as
 * plain text one row would take up most of a page of the log.
 */
const DEFLATE_ABOVE_BYTES = 1_024;
/** No stored body may inflate to more than this: a damaged or hostile body must not fill the memory. */
const INFLATED_BYTES_MAX = 64 * 1024 * 1024;

/** An event was about to be written that its own schema refuses: a mistake in the program, not of a caller. */
export class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent';
  constructor(
    readonly type: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${type} cannot be written: ${problem}`, options);
  }
}

/** The log holds an event that this release cannot read, by name or by version. */
export class UnknownEvent extends Error {
  override readonly name = 'UnknownEvent';
  constructor(
    readonly type: string,
    readonly version?: number,
  ) {
    super(version === undefined ? `${type} is no event of this release` : `${type} version ${version} is newer than this release`);
  }
}

/** `trusted`: the writer built the body itself and proved its shape; the schema is not run over every value again. */
export type EncodeOptions = { readonly trusted?: boolean };

/**
 * The one place where events become bytes and bytes become events, so that every store holds the same ones.
 * The digest in the metadata covers the body before compression.
 */
export class EventCodec {
  private readonly definitions: ReadonlyMap<string, EventDefinition>;

  /** @throws TypeError when two definitions share a name */
  constructor(definitions: Iterable<EventDefinition>) {
    const byType = new Map<string, EventDefinition>();
    for (const definition of definitions) {
      const known = byType.get(definition.type);
      if (known && known !== definition) throw new TypeError(`two events are named ${definition.type}`);
      byType.set(definition.type, definition);
    }
    this.definitions = byType;
  }

  /** Names of all known events, in the order they were given. */
  get types(): readonly string[] {
    return [...this.definitions.keys()];
  }

  /** Version written today of an event, or undefined for an unknown one. */
  versionOf(type: string): number | undefined {
    return this.definitions.get(type)?.version;
  }

  knows(type: string): boolean {
    return this.definitions.has(type);
  }

  /** @throws InvalidEvent | UnknownEvent */
  encode(event: DomainEvent, meta: CommandMeta, id: Uuid, options: EncodeOptions = {}): NewEvent {
    const definition = this.definition(event.type);
    const problem = options.trusted ? undefined : definition.problem(event.data);
    if (problem !== undefined) throw new InvalidEvent(event.type, problem);
    const plain = bytesOf(event);
    const deflated = plain.length > DEFLATE_ABOVE_BYTES;
    return {
      id,
      type: event.type,
      contentType: deflated ? 'application/octet-stream' : 'application/json',
      body: deflated ? deflateSync(plain, { level: 1 }) : plain,
      metadata: metadataOf(meta, definition.version, hash('sha256', plain), deflated),
    };
  }

  /**
   * The caller names the union it expects; the stream category and the schema of each definition make it so.
   * @throws Corrupt | UnknownEvent
   */
  decode<E extends DomainEvent = DomainEvent>(stored: StoredEvent): Recorded<E> {
    return this.open<E>(stored).recorded;
  }

  /**
   * The same, and how large the body is before compression.
   * @throws Corrupt | UnknownEvent
   */
  open<E extends DomainEvent = DomainEvent>(stored: StoredEvent): { readonly recorded: Recorded<E>; readonly bytes: number } {
    const definition = this.definition(stored.type);
    const version = stored.metadata.schemaVersion;
    if (version > definition.version) throw new UnknownEvent(stored.type, version);
    const body = bodyOf(stored);
    try {
      const data = definition.read(fromJsonText(new TextDecoder('utf-8', { fatal: true }).decode(body)), version);
      const { id, type, stream, revision, position, recordedAt, metadata } = stored;
      const recorded = { id, type, data, stream, revision, position, recordedAt, metadata } as unknown as Recorded<E>;
      return { recorded, bytes: body.length };
    } catch (cause) {
      throw new Corrupt(`${placeOf(stored)} cannot be read as ${stored.type} version ${version}`, { cause });
    }
  }

  private definition(type: string): EventDefinition {
    const definition = this.definitions.get(type);
    if (!definition) throw new UnknownEvent(type);
    return definition;
  }
}

/**
 * The body of a stored event as it was before compression, its digest verified.
 * @throws Corrupt
 */
export const bodyOf = (stored: StoredEvent): Uint8Array => {
  const body = stored.metadata.encoding === 'deflate' ? inflated(stored) : stored.body;
  if (hash('sha256', body) !== stored.metadata.sha256) throw new Corrupt(`${placeOf(stored)} does not match its digest`);
  return body;
};

const inflated = (stored: StoredEvent): Uint8Array => {
  try {
    return inflateSync(stored.body, { maxOutputLength: INFLATED_BYTES_MAX });
  } catch (cause) {
    throw new Corrupt(`${placeOf(stored)} cannot be inflated`, { cause });
  }
};

const placeOf = (stored: StoredEvent): string => `event ${stored.revision} of ${stored.stream}`;

const bytesOf = (event: DomainEvent): Uint8Array => {
  try {
    return Buffer.from(toJsonText(event.data), 'utf8');
  } catch (cause) {
    throw new InvalidEvent(event.type, cause instanceof Error ? cause.message : String(cause), { cause });
  }
};

const metadataOf = (meta: CommandMeta, schemaVersion: number, sha256: string, deflated: boolean): EventMetadata => ({
  $correlationId: meta.correlationId,
  $causationId: meta.causationId,
  commandId: meta.commandId,
  actor: meta.actor,
  ...(meta.onBehalfOf === undefined ? {} : { onBehalfOf: meta.onBehalfOf }),
  source: meta.source,
  ...(meta.claimedAt === undefined ? {} : { claimedAt: meta.claimedAt }),
  ...(meta.reason === undefined ? {} : { reason: meta.reason }),
  ...(meta.traceparent === undefined ? {} : { traceparent: meta.traceparent }),
  schemaVersion,
  sha256,
  ...(deflated ? { encoding: 'deflate' } : {}),
});

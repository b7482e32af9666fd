import { type BinaryEventData, type EventData, type JSONType } from '@eventstore/db-client';
import { z } from 'zod';
import { type EventMetadata, instant, isUuid, positionOf, uuid } from '#libs/kernel';
import { Corrupt } from '../errors.js';
import { type NewEvent, type StoredEvent } from '../store.js';
import { isDerivedStream } from '../subscription.js';

/** What the client hands over for an event, of a stream or of the whole log. */
export type ClientEvent = {
  readonly streamId: string;
  readonly id: string;
  readonly isJson: boolean;
  readonly revision: bigint;
  readonly type: string;
  readonly created: Date;
  readonly data: unknown;
  readonly metadata: unknown;
  readonly position?: { readonly commit: bigint; readonly prepare: bigint } | undefined;
};

/**
 * What the server writes for itself, and checkpoints, are no part of the log. The end of a deleted stream stands in that stream: only
 * its type tells.
 */
export const isInLog = ({ streamId, type }: ClientEvent): boolean =>
  !streamId.startsWith('$') && !type.startsWith('$') && !streamId.startsWith('checkpoint-');

/** What subscriptions deliver. */
export const isDelivered = (event: ClientEvent): boolean => isInLog(event) && !isDerivedStream(event.streamId);

const ACTOR = z.object({ principalId: z.string(), kind: z.enum(['person', 'service', 'job']), via: z.string() });
const SOURCE = z.looseObject({
  surface: z.enum(['http', 'graphql', 'cli', 'bus', 'internal']),
  addressClass: z.enum(['loopback', 'private', 'public', 'process']),
});
/** What every event of ours carries. Other keys are kept as they are. */
const METADATA = z.looseObject({
  $correlationId: z.string(),
  $causationId: z.string(),
  commandId: z.string(),
  actor: ACTOR,
  source: SOURCE,
  schemaVersion: z.number(),
  sha256: z.string(),
  bodyAs: z.literal('octets').optional(),
});

/**
 * An event as the client takes it. JSON goes as JSON, so that the server's own tools can show it, when the client's way (parse, print
 * again) gives the same bytes; else, and when it is deflated, as octets. `bodyAs` in the stored metadata says that octets are JSON.
 */
export const toClientEvent = ({ id, type, contentType, body, metadata }: NewEvent): EventData => {
  const data = contentType === 'application/json' ? printableJson(body) : undefined;
  if (data !== undefined) return { id, type, contentType: 'application/json', data, metadata };
  const octets: BinaryEventData = {
    id,
    type,
    contentType: 'application/octet-stream',
    data: body,
    metadata: contentType === 'application/json' ? { ...metadata, bodyAs: 'octets' } : metadata,
  };
  return octets;
};

/** @throws Corrupt for an event that this program did not write: the database of a log is its own */
export const toStoredEvent = (event: ClientEvent): StoredEvent => {
  const place = `event ${event.revision} of ${event.streamId}`;
  const parsed = METADATA.safeParse(event.metadata);
  if (!parsed.success || !isUuid(event.id)) throw new Corrupt(`${place} was not written by this program`);
  if (!event.position) throw new Corrupt(`${place} came without a position: servers before 22.6 are not supported`);
  const { bodyAs, ...metadata } = parsed.data;
  return {
    id: uuid(event.id),
    type: event.type,
    contentType: event.isJson || bodyAs === 'octets' ? 'application/json' : 'application/octet-stream',
    body: bodyOf(event),
    // The shape was checked; what is optional in it came from `toClientEvent` or is not looked at.
    metadata: metadata as EventMetadata,
    stream: event.streamId,
    revision: event.revision,
    position: positionOf(event.position.commit, event.position.prepare),
    recordedAt: instant(event.created.getTime()),
  };
};

/** The client has parsed JSON already; printed again it has the bytes it was written from, or `toClientEvent` had sent octets. */
const bodyOf = ({ isJson, data }: ClientEvent): Uint8Array => {
  if (isJson) return Buffer.from(JSON.stringify(data), 'utf8');
  if (data instanceof Uint8Array) return data;
  throw new TypeError('the client gives octets as Uint8Array');
};

/** The value, if the client's way of sending it gives the same bytes. Numbers and keys may be written in more than one way. */
const printableJson = (body: Uint8Array): JSONType | undefined => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    const value: unknown = JSON.parse(text);
    return isRecord(value) && JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

import { type EventMetadata, type Uuid, isUuid, uuid } from '#libs/kernel';
import { type NewEvent } from '../store.js';

/** Metadata as the table holds it: who and whence once per origin, ids and digest as bytes, the rare rest as JSON. */
export type PackedMetadata = {
  readonly origin: string;
  readonly ids: Buffer;
  readonly sha256: Buffer;
  readonly schemaVersion: bigint;
  readonly extra: string | null;
};

/** How a body is stored, as one number. */
export const ENCODING = { json: 0n, octets: 1n, deflated: 2n } as const;

const NO_BYTES = Buffer.alloc(0);
const CANONICAL_DIGEST = /^[0-9a-f]{64}$/;

export const packMetadata = (metadata: EventMetadata): PackedMetadata => {
  const {
    $correlationId,
    $causationId,
    commandId,
    actor,
    onBehalfOf,
    source,
    schemaVersion,
    sha256,
    encoding: _encoding,
    ...rest
  } = metadata;
  const ids = [$correlationId, $causationId, commandId];
  const idsFit = ids.every(isCanonical);
  const digestFits = CANONICAL_DIGEST.test(sha256);
  // What does not have its usual form is kept as it came: the log returns what it was given.
  const extra = { ...rest, ...(idsFit ? {} : { $correlationId, $causationId, commandId }), ...(digestFits ? {} : { sha256 }) };
  return {
    origin: JSON.stringify({ actor, onBehalfOf, source }),
    ids: idsFit ? Buffer.concat(ids.map(uuidBytes)) : NO_BYTES,
    sha256: digestFits ? Buffer.from(sha256, 'hex') : NO_BYTES,
    schemaVersion: BigInt(schemaVersion),
    extra: Object.keys(extra).length === 0 ? null : JSON.stringify(extra),
  };
};

/** Puts together again what `packMetadata` took apart; only it writes these columns, so their shapes are known. */
export const unpackMetadata = ({ origin, ids, sha256, schemaVersion, extra }: PackedMetadata, deflated: boolean): EventMetadata => ({
  $correlationId: ids.length === 0 ? '' : uuidAt(ids, 0),
  $causationId: ids.length === 0 ? '' : uuidAt(ids, 16),
  commandId: ids.length === 0 ? '' : uuidAt(ids, 32),
  ...(JSON.parse(origin) as Pick<EventMetadata, 'actor' | 'onBehalfOf' | 'source'>),
  schemaVersion: Number(schemaVersion),
  sha256: sha256.toString('hex'),
  ...(extra === null ? {} : (JSON.parse(extra) as Partial<EventMetadata>)),
  ...(deflated ? { encoding: 'deflate' } : {}),
});

export const encodingOf = ({ contentType, metadata }: Pick<NewEvent, 'contentType' | 'metadata'>): bigint => {
  if (metadata.encoding === 'deflate') return ENCODING.deflated;
  return contentType === 'application/json' ? ENCODING.json : ENCODING.octets;
};

export const uuidBytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');

export const uuidAt = (bytes: Buffer, start: number): Uuid => {
  const hex = bytes.toString('hex', start, start + 16);
  return uuid(`${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`);
};

const isCanonical = (id: string): boolean => isUuid(id) && id === id.toLowerCase();

import { type Uuid } from './ids.js';
import { type Instant } from './instant.js';

/** Who is behind a command. `via` says by which key or login, never the secret itself. */
export type Actor = {
  readonly principalId: Uuid;
  readonly kind: 'person' | 'service' | 'job';
  readonly via: string;
};

/** Where a command came from. The address is a class, not an address: logs hold no personal data. */
export type Source = {
  readonly surface: 'http' | 'graphql' | 'cli' | 'bus' | 'internal';
  readonly route?: string;
  readonly client?: string;
  readonly addressClass: 'loopback' | 'private' | 'public' | 'process';
};

/** What a caller says about a command; everything here is recorded with each event the command causes. */
export type CommandMeta = {
  readonly commandId: Uuid;
  readonly correlationId: Uuid;
  readonly causationId: Uuid;
  readonly actor: Actor;
  readonly onBehalfOf?: string;
  readonly source: Source;
  /** Time claimed by the client, if it claimed one. */
  readonly claimedAt?: Instant;
  /** Mandatory for overrides, rollbacks, silences, limit and policy changes. */
  readonly reason?: string;
  readonly traceparent?: string;
};

/** Metadata of every stored event. Cannot be added to an immutable log later, so it is complete from the first event on. */
export type EventMetadata = {
  readonly $correlationId: string;
  readonly $causationId: string;
  readonly commandId: string;
  readonly actor: Actor;
  readonly onBehalfOf?: string;
  readonly source: Source;
  readonly claimedAt?: number;
  readonly reason?: string;
  readonly traceparent?: string;
  readonly schemaVersion: number;
  /** SHA-256, hex, of the uncompressed body bytes. */
  readonly sha256: string;
  /** Present when the stored body is deflated: `deflate` (zlib format, level 1). */
  readonly encoding?: 'deflate';
};

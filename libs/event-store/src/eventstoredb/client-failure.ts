import { AccessDenied, AppendTooLarge, Corrupt, StreamDeleted, Unavailable, WrongExpectedRevision } from '../errors.js';

/**
 * What an error of the client means. `refused` is the server's last word. `passing` may succeed when it is tried again: `unsent` when
 * the call cannot have reached a server, or the server said that it did nothing.
 */
export type ClientFailure =
  | { readonly kind: 'wrong-revision'; readonly actual: bigint | 'no_stream' }
  | { readonly kind: 'stream-deleted' }
  | { readonly kind: 'stream-not-found' }
  | { readonly kind: 'too-large'; readonly limit: number | undefined }
  | { readonly kind: 'refused'; readonly error: Error }
  | { readonly kind: 'passing'; readonly unsent: boolean; readonly cause: unknown };

/** Status codes of gRPC. */
const CANCELLED = 1;
const INVALID_ARGUMENT = 3;
const PERMISSION_DENIED = 7;
const UNIMPLEMENTED = 12;
const UNAUTHENTICATED = 16;

/** As servers since 22.10 say that no event begins at the position of a read or a subscription. */
const INVALID_POSITION = /invalid position/i;

/** Of batches the client passes on the server's words alone when it does not know the error. */
const UNRECOGNISED_SIZE = /^Could not recognize .*Maximum Append Event Size/i;

const NEVER_SENT = /No connection established|Name resolution failed|Failed to discover/;

/** What became of a call, by the client's own type of error and then by the code of gRPC: not every error is converted by the client. */
export const failureOf = (thrown: unknown): ClientFailure => {
  if (isOfThePort(thrown)) return { kind: 'refused', error: thrown };
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  switch (text(error, 'type')) {
    case 'wrong-expected-version':
      return { kind: 'wrong-revision', actual: revisionIn(field(error, 'actualVersion')) };
    case 'stream-deleted':
      return { kind: 'stream-deleted' };
    case 'stream-not-found':
      return { kind: 'stream-not-found' };
    case 'access-denied':
      return { kind: 'refused', error: new AccessDenied(error.message, { cause: error }) };
    case 'maximum-append-size-exceeded':
      return { kind: 'too-large', limit: numberIn(field(error, 'maxAppendSize')) };
    case 'not-leader':
      return { kind: 'passing', unsent: true, cause: error };
    default:
      return byCode(error);
  }
};

/** What a failure is at the port, where nothing more is known of the call. */
export const portError = (failure: ClientFailure, stream: string): Error => {
  switch (failure.kind) {
    case 'stream-deleted':
      return new StreamDeleted(stream);
    case 'refused':
      return failure.error;
    case 'passing':
      return unavailable(failure, stream);
    default:
      return new Unavailable('not-written', `${stream}: the event store answered ${failure.kind}, which does not fit the call`);
  }
};

/** @param what was tried, for the message */
export const unavailable = ({ unsent, cause }: Extract<ClientFailure, { kind: 'passing' }>, what: string): Unavailable =>
  new Unavailable(unsent ? 'not-written' : 'unknown', `${what} does not answer: ${cause instanceof Error ? cause.message : 'no reason'}`, {
    cause,
  });

const byCode = (error: Error): ClientFailure => {
  const code = field(error, 'code');
  if (UNRECOGNISED_SIZE.test(error.message)) return { kind: 'too-large', limit: undefined };
  if (code === PERMISSION_DENIED || code === UNAUTHENTICATED)
    return { kind: 'refused', error: new AccessDenied(error.message, { cause: error }) };
  if (code === INVALID_ARGUMENT) {
    if (INVALID_POSITION.test(error.message))
      return { kind: 'refused', error: new Corrupt('the position is not one of this log: it was told by another', { cause: error }) };
    if (trailer(error) === 'maximum-append-event-size-exceeded') return { kind: 'too-large', limit: undefined };
    return { kind: 'refused', error: new Unavailable('not-written', `the event store refused: ${error.message}`, { cause: error }) };
  }
  if (code === UNIMPLEMENTED) return { kind: 'refused', error: new Unavailable('not-written', 'the server is too old', { cause: error }) };
  return { kind: 'passing', unsent: code !== CANCELLED && NEVER_SENT.test(error.message), cause: error };
};

const isOfThePort = (thrown: unknown): thrown is Error =>
  [WrongExpectedRevision, StreamDeleted, AccessDenied, AppendTooLarge, Corrupt].some((kind) => thrown instanceof kind) ||
  (thrown instanceof Unavailable && thrown.outcome === 'not-written');

const revisionIn = (value: unknown): bigint | 'no_stream' => (typeof value === 'bigint' && value >= 0n ? value : 'no_stream');

const numberIn = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

/** The kind of error as the server names it in a trailer, for kinds this client does not know. */
const trailer = (error: Error): string | undefined => {
  const metadata = field(field(error, '_raw'), 'metadata') ?? field(error, 'metadata');
  const get = field(metadata, 'get');
  if (typeof get !== 'function') return undefined;
  const values: unknown = Reflect.apply(get, metadata, ['exception']);
  return Array.isArray(values) && values.length > 0 ? String(values[0]) : undefined;
};

const text = (of: unknown, name: string): string | undefined => {
  const value = field(of, name);
  return typeof value === 'string' ? value : undefined;
};

const field = (of: unknown, name: string): unknown => (typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined);

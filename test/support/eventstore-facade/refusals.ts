import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { type Expected } from './expected-version.js';

/** A call that ends with a status; the trailers are what clients make typed errors of. */
export class Refused extends Error implements ServiceError {
  readonly metadata = new Metadata();

  constructor(
    readonly code: status,
    readonly details: string,
    trailers: Readonly<Record<string, string>> = {},
  ) {
    super(details);
    for (const [key, value] of Object.entries(trailers)) this.metadata.set(key, value);
  }
}

export const accessDenied = (): Refused => new Refused(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });
export const unauthenticated = (): Refused => new Refused(status.UNAUTHENTICATED, 'Bad credentials');
export const unavailable = (): Refused => new Refused(status.UNAVAILABLE, 'Server Is Not Ready');

export const consumerTooSlow = (): Refused =>
  new Refused(status.ABORTED, 'Operation timed out: Consumer too slow to handle event while live. Client resubscription required.');

export const notLeader = (host: string, port: number): Refused =>
  new Refused(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });

export const invalidPosition = (): Refused => new Refused(status.INVALID_ARGUMENT, 'Trying to read from an invalid position.');

export const streamDeleted = (stream: string): Refused =>
  new Refused(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, { exception: 'stream-deleted', 'stream-name': stream });

export const tooLarge = (limit: number): Refused =>
  new Refused(status.INVALID_ARGUMENT, `Maximum Append Size of ${limit} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(limit),
  });

export const eventTooLarge = (limit: number): Refused =>
  new Refused(status.INVALID_ARGUMENT, `Maximum Append Event Size of ${limit} Exceeded.`, {
    exception: 'maximum-append-event-size-exceeded',
    'maximum-append-event-size': String(limit),
  });

export const missingMetadata = (keys: string): Refused =>
  new Refused(status.INVALID_ARGUMENT, `Required Metadata Property '${keys}' is missing.`, {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': keys,
  });

/** As a number: the wire of Delete and Tombstone has no other words. */
const versionOf = (expected: Expected): string => {
  if (expected === 'any') return '-2';
  if (expected === 'stream_exists') return '-4';
  return expected === 'no_stream' ? '-1' : expected.toString();
};

/** Of Delete and Tombstone. An empty actual version means: no stream. */
export const wrongExpectedVersion = (stream: string, expected: Expected, current: bigint): Refused =>
  new Refused(status.FAILED_PRECONDITION, `Append failed due to WrongExpectedVersion. Stream: ${stream}`, {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': versionOf(expected),
    'actual-version': current < 0n ? '' : current.toString(),
  });

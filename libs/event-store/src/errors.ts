import { type ExpectedRevision } from './store.js';

/** The closed set of what can go wrong at the port. `outcome` says whether the write may have happened. */
export class WrongExpectedRevision extends Error {
  override readonly name = 'WrongExpectedRevision';
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    readonly actual: bigint | 'no_stream',
  ) {
    super(`${stream} is at ${actual}, expected ${expected}`);
  }
}

export class StreamDeleted extends Error {
  override readonly name = 'StreamDeleted';
  constructor(readonly stream: string) {
    super(`${stream} was deleted`);
  }
}

export class AccessDenied extends Error {
  override readonly name = 'AccessDenied';
}

export class AppendTooLarge extends Error {
  override readonly name = 'AppendTooLarge';
  constructor(
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`append of ${bytes} bytes exceeds the limit of ${limit}`);
  }
}

export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  constructor(
    readonly outcome: 'not-written' | 'unknown',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export class Timeout extends Error {
  override readonly name = 'Timeout';
  readonly outcome = 'unknown';
}

/** A stored body does not match the digest in its metadata, or cannot be decoded; or a position that was kept is none of this log. */
export class Corrupt extends Error {
  override readonly name = 'Corrupt';
}

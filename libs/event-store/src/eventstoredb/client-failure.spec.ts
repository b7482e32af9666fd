import { AccessDenied, Corrupt, Timeout, Unavailable } from '../errors.js';
import { failureOf, portError, unavailable } from './client-failure.js';

const clientError = (fields: object, message = 'no'): Error => Object.assign(new Error(message), fields);

describe('an error of the client', () => {
  it.each([
    [
      { type: 'wrong-expected-version', actualVersion: 3n },
      { kind: 'wrong-revision', actual: 3n },
    ],
    [
      { type: 'wrong-expected-version', actualVersion: 'no_stream' },
      { kind: 'wrong-revision', actual: 'no_stream' },
    ],
    [
      { type: 'wrong-expected-version', actualVersion: -1n },
      { kind: 'wrong-revision', actual: 'no_stream' },
    ],
    [{ type: 'stream-deleted' }, { kind: 'stream-deleted' }],
    [{ type: 'stream-not-found' }, { kind: 'stream-not-found' }],
    [
      { type: 'maximum-append-size-exceeded', maxAppendSize: 9 },
      { kind: 'too-large', limit: 9 },
    ],
    [{ type: 'not-leader' }, { kind: 'passing', unsent: true }],
    [
      { type: 'unavailable', code: 14 },
      { kind: 'passing', unsent: false },
    ],
    [
      { type: 'cancelled', code: 1 },
      { kind: 'passing', unsent: false },
    ],
    [
      { type: 'deadline-exceeded', code: 4 },
      { kind: 'passing', unsent: false },
    ],
    [
      { type: 'unknown', code: 2 },
      { kind: 'passing', unsent: false },
    ],
  ])('%p means %p', (fields, failure) => {
    expect(failureOf(clientError(fields))).toMatchObject(failure);
  });

  it('is known by its code where the client has not converted it', () => {
    expect(failureOf(clientError({ code: 14 }))).toMatchObject({ kind: 'passing' });
    for (const code of [7, 16])
      expect(failureOf(clientError({ code }))).toMatchObject({ kind: 'refused', error: expect.any(AccessDenied) });
  });

  it('is known by its trailer where the client is older than the error', () => {
    const metadata = new Map([['exception', ['maximum-append-event-size-exceeded']]]);
    expect(failureOf(clientError({ type: 'unknown', code: 3, _raw: { metadata } }))).toEqual({ kind: 'too-large', limit: undefined });
  });

  it('is known by its words where the client passes on nothing else', () => {
    const said = 'Could not recognize Maximum Append Event Size of 1048576 Exceeded.';
    expect(failureOf(clientError({ type: 'unknown' }, said))).toEqual({ kind: 'too-large', limit: undefined });
    const refused = failureOf(clientError({ type: 'unknown', code: 3 }, 'Trying to read from an invalid position.'));
    expect(refused).toMatchObject({ kind: 'refused', error: expect.any(Corrupt) });
  });

  it('says that nothing was sent only when there was no connection', () => {
    expect(failureOf(clientError({ code: 14 }, '14 UNAVAILABLE: No connection established'))).toMatchObject({ unsent: true });
    expect(failureOf(clientError({ code: 14 }, '14 UNAVAILABLE: Connection dropped'))).toMatchObject({ unsent: false });
  });

  it('without any sign says nothing about the outcome', () => {
    for (const thrown of [new TypeError('undefined is not iterable'), 'text', undefined, new Timeout('late')])
      expect(failureOf(thrown)).toMatchObject({ kind: 'passing', unsent: false });
  });

  it('stays what it is when it is one of the port', () => {
    const corrupt = new Corrupt('bytes');
    expect(portError(failureOf(corrupt), 'thing-1')).toBe(corrupt);
  });

  it('becomes Unavailable with the outcome and its cause', () => {
    const cause = clientError({ code: 14 }, 'gone');
    const failure = failureOf(cause);
    const error = portError(failure, 'thing-1');
    expect(error).toBeInstanceOf(Unavailable);
    expect(error).toMatchObject({ outcome: 'unknown', cause });
    expect(unavailable({ kind: 'passing', unsent: true, cause }, 'x').outcome).toBe('not-written');
  });
});

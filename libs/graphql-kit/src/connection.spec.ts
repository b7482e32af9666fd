import fc from 'fast-check';
import { positionOf } from '#libs/kernel';
import { connectionOf, decodeCursor, encodeCursor, pageOf } from './connection.js';

const anyCursor = fc.record(
  { position: fc.tuple(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 2n ** 64n - 1n)).map(([a, b]) => positionOf(a, b)), key: fc.string() },
  { requiredKeys: ['position'] },
);

describe('a cursor', () => {
  it('comes back as it went out, whatever its position and key', () => {
    fc.assert(fc.property(anyCursor, (cursor) => expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor)));
  });

  it('is refused, never misread, when it is not one of ours', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const isOurs = /^\d{1,20}(\/\d{1,20})?(:|$)/.test(Buffer.from(text, 'base64url').toString('utf8'));
        if (!isOurs) expect(() => decodeCursor(text)).toThrow('cursor');
      }),
    );
    expect(() => decodeCursor(Buffer.from(String(2n ** 64n)).toString('base64url'))).toThrow('cursor');
  });
});

describe('a page', () => {
  it.each([0, -1, 201, 1.5])('of %p entries is refused', (first) => {
    expect(() => pageOf({ first })).toThrow('between 1 and 200');
  });

  it('has 50 entries unless said otherwise', () => {
    expect(pageOf({ first: null, after: null })).toEqual({ limit: 50 });
  });

  it('says that more follow only when a surplus row was read', () => {
    const rows = [1n, 2n, 3n].map((commit) => positionOf(commit));
    const connect = (limit: number) => connectionOf({ limit }, rows, (position) => ({ position }), String);
    expect([connect(2).pageInfo.hasNextPage, connect(2).nodes.length]).toEqual([true, 2]);
    expect([connect(3).pageInfo.hasNextPage, connect(3).nodes.length]).toEqual([false, 3]);
    expect(connectionOf({ limit: 2 }, [], () => ({ position: positionOf(1n) }), String).pageInfo.endCursor).toBeNull();
  });
});

import fc from 'fast-check';
import { type Uuid, idOfName } from '#libs/kernel';
import { SOFT_DELETED, type StreamView, decideAppend } from './decide-append.js';
import { type ExpectedRevision } from './store.js';

const id = (index: number): Uuid => idOfName('decide', String(index));
const streamOf = (length: number, softDeleted: boolean): StreamView => {
  const revisions = new Map(Array.from({ length }, (_, index) => [id(index), BigInt(index)]));
  return {
    revision: BigInt(length) - 1n,
    tombstoned: false,
    meta: softDeleted ? { truncateBefore: SOFT_DELETED } : undefined,
    revisionOf: (event) => revisions.get(event),
  };
};
const expectations = fc.oneof(fc.constantFrom<ExpectedRevision>('any', 'no_stream', 'stream_exists'), fc.bigInt({ min: 0n, max: 12n }));
const views = fc
  .record({ length: fc.nat(8), softDeleted: fc.boolean() })
  .map(({ length, softDeleted }) => streamOf(length, softDeleted && length > 0));
const batches = fc.uniqueArray(fc.nat(12), { minLength: 1, maxLength: 4 }).map((labels) => labels.map(id));

describe('decideAppend', () => {
  it('writes only right behind the last event and never an id the stream already has', () => {
    fc.assert(
      fc.property(views, batches, expectations, (view, ids, expected) => {
        const decision = decideAppend('thing-1', view, ids, expected);
        if (decision.kind !== 'write') return;
        expect(decision.first).toBe(view.revision + 1n);
        expect(ids.some((event) => view.revisionOf(event) !== undefined)).toBe(false);
      }),
    );
  });

  it('calls idempotent only what the stream already holds whole', () => {
    fc.assert(
      fc.property(views, batches, expectations, (view, ids, expected) => {
        const decision = decideAppend('thing-1', view, ids, expected);
        if (decision.kind === 'idempotent') expect(ids.map((event) => view.revisionOf(event))).not.toContain(undefined);
      }),
    );
  });

  it('answers the same append, made twice with the same exact expectation, as written and then idempotent', () => {
    fc.assert(
      fc.property(fc.nat(8), fc.integer({ min: 1, max: 4 }), (length, count) => {
        const ids = Array.from({ length: count }, (_, index) => id(length + index));
        const expected = length === 0 ? 'no_stream' : BigInt(length) - 1n;
        expect(decideAppend('thing-1', streamOf(length, false), ids, expected).kind).toBe('write');
        expect(decideAppend('thing-1', streamOf(length + count, false), ids, expected)).toEqual({
          kind: 'idempotent',
          last: BigInt(length + count) - 1n,
        });
      }),
    );
  });
});

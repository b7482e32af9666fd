import fc from 'fast-check';
import { idOfName } from '#libs/kernel';
import { type AnsweredPart, answerOf } from './answer.js';
import { type RequestEntry } from './batch.js';
import { BATCH_BYTES_MAX, BATCH_ROWS_MAX } from './limits.js';
import { cut, type Fate, type Piece, type PlannedRequest } from './piece.js';

const meta = {
  ...{ commandId: idOfName('c', '1'), correlationId: idOfName('c', '2'), causationId: idOfName('c', '1') },
  actor: { principalId: idOfName('p', '1'), kind: 'service', via: 'key' },
  source: { surface: 'http', addressClass: 'loopback' },
} as const;

const fate = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.nat(2_000).map((bytes): Fate<string> => ({ is: 'accepted', row: { record: '', index: 0, digest: null }, bytes })),
  },
  { weight: 1, arbitrary: fc.constant<Fate<string>>({ is: 'duplicate', bytes: 0 }) },
  { weight: 1, arbitrary: fc.constant<Fate<string>>({ is: 'conflict', conflict: { id: 'a', stands: '0', refused: '1' }, bytes: 90 }) },
  {
    weight: 1,
    arbitrary: fc.constant<Fate<string>>({ is: 'refused', refused: { index: 0, field: '', code: 'X', reason: '' }, bytes: 80 }),
  },
);
const requests = fc.array(fc.array(fate, { minLength: 1, maxLength: 1_500, size: 'max' }), { minLength: 1, maxLength: 3 }).map((groups) =>
  groups.map((fates, request): PlannedRequest<string> => ({
    ...{ request, from: 0, fates },
    about: { records: fates.map(() => ({ value: {}, bytes: 0 })), key: `k${request}`, digest: 'd', meta, parts: [] },
  })),
);
const entriesOf = (pieces: readonly Piece<string>[]): { request: number; entry: RequestEntry }[] =>
  pieces.flatMap((piece) =>
    piece.entries([], meta.correlationId).map((entry, part) => ({ request: piece.parts[part]?.request ?? -1, entry })),
  );

/** Every record of every request has one place and one fate. */
const expectConserved = (planned: readonly PlannedRequest<string>[], pieces: readonly Piece<string>[]): void => {
  const all = entriesOf(pieces);
  for (const { request, fates } of planned) {
    const own = all.filter((one) => one.request === request).map(({ entry }) => entry);
    const ends = own.map((entry) => entry.until);
    expect(own.map((entry) => entry.from)).toEqual([0, ...ends.slice(0, -1)]);
    expect(ends.at(-1)).toBe(fates.length);
    const parts = own.map((entry): AnsweredPart => ({ entry, batch: 'b', position: '1' }));
    const { accepted, duplicates, conflicts, refusedCount } = answerOf(parts);
    expect([accepted, duplicates, conflicts, refusedCount]).toEqual(
      ['accepted', 'duplicate', 'conflict', 'refused'].map((is) => fates.filter((one) => one.is === is).length),
    );
  }
};

describe('cutting requests into batches', () => {
  it('gives every record one place and one fate, in order', () => {
    fc.assert(
      fc.property(requests, (planned) => expectConserved(planned, [...cut(planned)])),
      { numRuns: 50 },
    );
  });

  it('keeps each batch within rows and bytes, and each entry about its own rows', () => {
    fc.assert(
      fc.property(requests, (planned) => {
        for (const piece of cut(planned)) {
          const bytes = piece.parts.flatMap(({ fates }) => fates).reduce((sum, one) => sum + one.bytes, 0);
          expect(piece.rows.length).toBeLessThanOrEqual(BATCH_ROWS_MAX);
          expect(bytes).toBeLessThanOrEqual(BATCH_BYTES_MAX * 1.25);
          const spans = piece.entries([], meta.correlationId).map(({ first, count }) => [first, first + count]);
          expect(spans.flat()).toEqual([0, ...spans.slice(0, -1).flatMap(([, end]) => [end, end]), piece.rows.length]);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('cuts the same requests the same way', () => {
    fc.assert(
      fc.property(requests, (planned) => expect(entriesOf([...cut(planned)])).toEqual(entriesOf([...cut(planned)]))),
      { numRuns: 10 },
    );
  });

  it('conserves records when a batch turns out too large and is halved', () => {
    fc.assert(
      fc.property(requests, (planned) => {
        expectConserved(
          planned,
          [...cut(planned)].flatMap((piece) => piece.halved() ?? [piece]),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('does not halve a single record', () => {
    const [piece] = cut([{ request: 0, from: 0, fates: [{ is: 'duplicate', bytes: 0 }], about: { records: [], meta, parts: [] } }]);
    expect(piece?.halved()).toBeUndefined();
  });
});

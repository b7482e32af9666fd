import fc from 'fast-check';
import { inAppends } from './in-appends.js';

const about = fc.record({
  subject: fc.string({ maxLength: 300 }),
  words: fc.array(fc.string({ maxLength: 1_000, size: 'max' }), { maxLength: 40 }),
});

describe('what there is to say about subjects', () => {
  it('is cut in order, without loss, into pieces of bounded number and size', () => {
    fc.assert(
      fc.property(fc.array(about, { maxLength: 600, size: 'max' }), (subjects) => {
        const pieces = [...inAppends(subjects)];
        expect(pieces.flat()).toEqual(subjects);
        for (const piece of pieces) {
          expect(piece.length).toBeGreaterThan(0);
          expect(piece.length).toBeLessThanOrEqual(250);
          const bytes = piece.flatMap(({ subject, words }) => [subject, ...words]).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
          expect(piece.length === 1 || bytes <= 384 * 1_024).toBe(true);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is nothing where there is nothing', () => {
    expect([...inAppends([])]).toEqual([]);
  });
});

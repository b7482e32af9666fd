import { describe, expect, it } from '@jest/globals';
import { ahead } from './ahead.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('ahead', () => {
  it('keeps the order and reads no further ahead than asked', async () => {
    let made = 0;
    async function* source(): AsyncGenerator<number> {
      while (made < 10) {
        made += 1;
        yield made;
      }
    }
    const taken: number[] = [];
    for await (const one of ahead(source(), 3)) {
      for (let i = 0; i < 20; i += 1) await turn();
      expect(made).toBeLessThanOrEqual(Math.min(10, taken.length + 1 + 3));
      taken.push(one);
    }
    expect(taken).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('throws what the source throws, after what came before it', async () => {
    async function* source(): AsyncGenerator<number> {
      yield 1;
      throw new Error('row 2 is no flight');
    }
    const taken: number[] = [];
    const reading = (async () => {
      for await (const one of ahead(source(), 4)) taken.push(one);
    })();
    await expect(reading).rejects.toThrow('row 2 is no flight');
    expect(taken).toEqual([1]);
  });

  it('ends the source when nobody takes any more', async () => {
    let ended = false;
    async function* source(): AsyncGenerator<number> {
      try {
        for (let i = 0; ; i += 1) yield i;
      } finally {
        ended = true;
      }
    }
    for await (const one of ahead(source(), 2)) if (one === 3) break;
    expect(ended).toBe(true);
  });

  it('gives nothing for nothing', async () => {
    async function* source(): AsyncGenerator<number> {}
    const taken: number[] = [];
    for await (const one of ahead(source(), 2)) taken.push(one);
    expect(taken).toEqual([]);
  });
});

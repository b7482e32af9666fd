/**
 * Reads a source ahead of whoever takes from it, at most `depth` items, so that making the next item and using the last one overlap.
 * What the source throws is thrown where its item would have come; the source is ended when the taker stops early.
 */
export async function* ahead<T>(source: AsyncIterable<T>, depth: number): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  const asked: Promise<IteratorResult<T>>[] = [];
  // Asked one after the other: a source that does several things at once need not keep their order.
  const ask = (): void => {
    const before = asked.at(-1) ?? Promise.resolve();
    const next = before.then(() => iterator.next());
    // Whoever takes the item hears of it; until then it is not unhandled.
    void next.catch(() => undefined);
    asked.push(next);
  };
  try {
    for (let i = 0; i < depth; i += 1) ask();
    for (;;) {
      const result = await asked[0];
      if (result === undefined || result.done === true) return;
      void asked.shift();
      ask();
      yield result.value;
    }
  } finally {
    await iterator.return?.();
  }
}

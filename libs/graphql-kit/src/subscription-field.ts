/**
 * Gives each item of a feed under the name of its subscription field, as GraphQL expects it from `subscribe`.
 *
 * @example return fieldOf('auditEntryAppended', await followFeed(source, { after }), (entry) => nodeOf(entry));
 */
export const fieldOf = <Item, N>(
  field: string,
  items: AsyncIterableIterator<Item>,
  nodeOf: (item: Item) => N,
): AsyncIterableIterator<Readonly<Record<string, N>>> => {
  const payload = (result: IteratorResult<Item>): IteratorResult<Readonly<Record<string, N>>> =>
    result.done ? { done: true, value: undefined } : { done: false, value: { [field]: nodeOf(result.value) } };
  const iterator: AsyncIterableIterator<Readonly<Record<string, N>>> = {
    [Symbol.asyncIterator]: () => iterator,
    next: async () => payload(await items.next()),
    return: async () => {
      await items.return?.();
      return { done: true, value: undefined };
    },
  };
  return iterator;
};

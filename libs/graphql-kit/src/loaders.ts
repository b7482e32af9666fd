import DataLoader from 'dataloader';
import { type GraphqlContext } from './context.js';

/** Reads many at once: one answer per key, in the order of the keys, `undefined` where there is none. */
export type BatchRead<K, V> = (keys: readonly K[], context: GraphqlContext) => Promise<readonly (V | undefined)[]>;

/** Asks for one value; the keys asked for in one turn of the event loop are read together. */
export type RequestLoader<K, V> = { readonly load: (context: GraphqlContext, key: K) => Promise<V | undefined> };

/**
 * A DataLoader per request: fields of one request that ask for the same kind of thing are answered by one query.
 * On a subscription only batching happens: its context lives as long as the socket, and a cache would show old states.
 *
 * @example private readonly monitors = requestLoader((ids: readonly Uuid[]) => this.queries.monitorsById(ids));
 */
export const requestLoader = <K, V>(read: BatchRead<K, V>): RequestLoader<K, V> => {
  const perRequest = new WeakMap<GraphqlContext, DataLoader<K, V | undefined>>();
  const loaderOf = (context: GraphqlContext): DataLoader<K, V | undefined> => {
    const known = perRequest.get(context);
    if (known) return known;
    const cache = context.connection === undefined;
    const made = new DataLoader<K, V | undefined>(async (keys) => [...(await read(keys, context))], { cache, maxBatchSize: 500 });
    perRequest.set(context, made);
    return made;
  };
  return { load: async (context, key) => loaderOf(context).load(key) };
};

import { type Position, formatPosition, parsePosition } from '#libs/kernel';
import { EdgeError } from './errors.js';

/** Entries of a page when the caller does not say. */
export const PAGE_SIZE_DEFAULT = 50;
/** Most entries of one page. */
export const PAGE_SIZE_MAX = 200;

/** Where an entry stands in a list: the position of its event and, where one event makes several entries, which of them. */
export type Cursor = { readonly position: Position; readonly key?: string };

/** Arguments of a connection field as GraphQL passes them. */
export type PageArguments = { readonly first?: number | null; readonly after?: string | null };

/** A checked request for a page. `limit` entries are to be returned, so `limit + 1` are to be read. */
export type Page = { readonly limit: number; readonly after?: Cursor };

/** A connection as the schema shows it: one of `edges` per node, and `nodes` without cursors for those who need none. */
export type Connection<N> = {
  readonly edges: readonly { readonly node: N; readonly cursor: string }[];
  readonly nodes: readonly N[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
};

/** Cursors are opaque to callers. They stay valid while the log grows: a position never moves. */
export const encodeCursor = ({ position, key }: Cursor): string =>
  Buffer.from(key === undefined ? formatPosition(position) : `${formatPosition(position)}:${key}`, 'utf8').toString('base64url');

/** @throws EdgeError BAD_USER_INPUT when the text is no cursor */
export const decodeCursor = (text: string): Cursor => {
  const plain = text.length <= 1_000 ? Buffer.from(text, 'base64url').toString('utf8') : '';
  const colon = plain.indexOf(':');
  try {
    if (colon < 0) return { position: parsePosition(plain) };
    return { position: parsePosition(plain.slice(0, colon)), key: plain.slice(colon + 1) };
  } catch (cause) {
    throw new EdgeError('BAD_USER_INPUT', 'after is the cursor of an entry returned before', 400, { cause });
  }
};

/** @throws EdgeError BAD_USER_INPUT when `first` is out of bounds or `after` no cursor */
export const pageOf = ({ first, after }: PageArguments): Page => {
  const limit = first ?? PAGE_SIZE_DEFAULT;
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_SIZE_MAX)
    throw new EdgeError('BAD_USER_INPUT', `first lies between 1 and ${PAGE_SIZE_MAX}`);
  return after === undefined || after === null ? { limit } : { limit, after: decodeCursor(after) };
};

/**
 * A page from the rows read for it.
 *
 * @param rows up to `page.limit + 1` rows; the surplus one only says that more follow
 * @example connectionOf(page, rows, (row) => ({ position: row.position }), (row) => nodeOf(row))
 */
export const connectionOf = <Row, N>(
  page: Page,
  rows: readonly Row[],
  cursorOf: (row: Row) => Cursor,
  nodeOf: (row: Row) => N,
): Connection<N> => {
  const edges = rows.slice(0, page.limit).map((row) => ({ node: nodeOf(row), cursor: encodeCursor(cursorOf(row)) }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: rows.length > page.limit,
      hasPreviousPage: page.after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
};

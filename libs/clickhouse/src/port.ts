import { type DefinedQuery } from './define-query.js';

type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/**
 * One value of a row. NaN, infinities and null become NaN in a float column, null in a Nullable one and 0 elsewhere: a projection writes
 * sentinels. 64-bit integers are bigints or decimal text; inside arrays and maps only decimal text.
 */
export type Cell = Plain | bigint;

/** Values in the order of the block's columns. */
export type Row = readonly Cell[];

/** A column of a table, its type as ClickHouse writes it. */
export type Column = { readonly name: string; readonly type: string };

/**
 * Rows as the bytes of ClickHouse's RowBinary, for a place that cannot hand over rows. `structure` is `name type, …` of the block's columns
 * as their values are written; `types` are the same columns' types as the table names them.
 */
export type EncodedRows = {
  readonly count: number;
  readonly structure: string;
  readonly types: readonly string[];
  readonly body: Uint8Array;
};

/** Who may write a projection where several processes could: the holder with the highest epoch. See `ProjectionFence`. */
export type Fence = { readonly projection: string; readonly epoch: bigint };

/** Rows that enter one table in one INSERT, as one block: all of them or none. */
export type InsertBlock = {
  /** `database.table`: the embedded engine knows no default database. */
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[] | EncodedRows;
  /**
   * Names this block for deduplication. A repetition with the same token is dropped silently as long as the table remembers the token,
   * even when the block itself was lost since: who repeats after a crash decides by the data and takes a new token.
   */
  readonly token: string;
  /** Refused, as `REPLACED`, once a higher epoch stands in `driftledger.projections_epochs_v1`. Nothing is checked without it. */
  readonly fence?: Fence;
};

/** Who asks, for the query log, and how long the answer may take. */
export type QueryContext = {
  readonly surface?: string;
  readonly correlationId?: string;
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
};

/** Values of parameters of a command, bound by ClickHouse: `{name:Type}` in the text. */
export type CommandParams = Readonly<Record<string, Cell>>;

export type CommandOptions = {
  /** How long the engine may work on it, where that is longer than any statement should take: changes of a schema. */
  readonly timeoutSeconds?: number;
};

/**
 * ClickHouse, on a server or inside this process. Every adapter passes `clickhouse.contract.ts`.
 *
 * @throws ClickHouseError from every method
 */
export abstract class ClickHouse {
  /** The cluster on whose replicas, of one shard, every table is; undefined where there is one server or none. */
  readonly cluster: string | undefined = undefined;
  /** Runs a defined query; every row has been checked against its schema. */
  abstract query<P, R>(query: DefinedQuery<P, R>, params: P, context?: QueryContext): Promise<readonly R[]>;
  /** Runs a statement without a result. */
  abstract command(sql: string, params?: CommandParams, options?: CommandOptions): Promise<void>;
  /** Inserts one block. Resolves when it is durable; an empty block is nothing to do. */
  abstract insert(block: InsertBlock): Promise<void>;
  /** The columns of `database.table` that can be written, as they are now. */
  abstract columns(table: string): Promise<readonly Column[]>;
  /** Waits for what is running, then lets go of the engine. */
  abstract close(): Promise<void>;
}

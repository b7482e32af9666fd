import { type ClickHouseClient } from '@clickhouse/client';
import { type InsertStatement } from './statements.js';
import { type EncodedRows, type Fence } from './port.js';

/** One INSERT, ready to be sent. */
export type Insert = InsertStatement & EncodedRows & { readonly columns: readonly string[]; readonly fence?: Fence | undefined };

/** How the bytes of an insert get to the engine: each adapter has its own way. */
export type SendInsert = (client: ClickHouseClient, insert: Insert) => Promise<void>;

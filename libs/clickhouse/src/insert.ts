import { type ClickHouseClient } from '@clickhouse/client';
import { type InsertStatement } from './statements.js';
import { type EncodedRows } from './port.js';

/** One INSERT, ready to be sent. */
export type Insert = InsertStatement & EncodedRows;

/** How the bytes of an insert get to the engine: each adapter has its own way. */
export type SendInsert = (client: ClickHouseClient, insert: Insert) => Promise<void>;

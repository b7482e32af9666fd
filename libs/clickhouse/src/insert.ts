import { type ClickHouseClient } from '@clickhouse/client';
import { type InsertStatement } from './statements.js';
import { type RowBinary } from './row-binary.js';

/** One INSERT, ready to be sent. */
export type Insert = InsertStatement & RowBinary;

/** How the bytes of an insert get to the engine: each adapter has its own way. */
export type SendInsert = (client: ClickHouseClient, insert: Insert) => Promise<void>;

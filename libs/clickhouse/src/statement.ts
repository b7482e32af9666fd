import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { type ClickHouseClient } from '@clickhouse/client';

/** A statement that carries no rows, ready to be sent. */
export type Statement = {
  readonly text: string;
  /** Bound by ClickHouse. */
  readonly params: Record<string, unknown>;
  /** How long the engine may work on it; the adapter's own limit unless said otherwise. */
  readonly timeoutSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** How statements get to the engine. */
export type Transport = {
  /** @returns the rows, parsed but not checked: `FORMAT JSONEachRow` as one array */
  readonly ask: (client: ClickHouseClient, statement: Statement) => Promise<unknown>;
  /** Resolves when the statement has been carried out. */
  readonly run: (client: ClickHouseClient, statement: Statement) => Promise<void>;
};

/** For an engine inside this process: whatever arrives is whole, and an error is an error. */
export const inProcess: Transport = {
  ask: async (client, statement) => {
    const { stream } = await client.exec({ query: statement.text, query_id: randomUUID(), query_params: statement.params });
    const rows: unknown = JSON.parse(await text(stream));
    return rows;
  },
  run: async (client, statement) => {
    await client.command({ query: statement.text, query_id: randomUUID(), query_params: statement.params });
  },
};

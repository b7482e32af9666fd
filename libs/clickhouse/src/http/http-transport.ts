import { randomUUID } from 'node:crypto';
import { type ClickHouseClient } from '@clickhouse/client';
import { type Statement, type Transport } from '../statement.js';
import { withDeadline } from './deadline.js';
import { onceMore } from './once-more.js';
import { type Answer, readDone, readRows } from './read-answer.js';

/** Errors then have a status of their own, wherever nothing in between streams the answer all the same. */
const WHOLE = { wait_end_of_query: 1 } as const;

/**
 * Statements over HTTP.
 *
 * @param timeoutMs for the way there, the wait for a socket and the way back, on top of what the engine may take; and for a statement whose
 *   time on the engine nobody limits
 */
export const httpTransport = (timeoutMs: number): Transport => {
  const send = async <T>(
    client: ClickHouseClient,
    { text, params, signal }: Statement,
    ms: number,
    read: (answer: Answer, signal: AbortSignal) => Promise<T>,
  ): Promise<T> =>
    withDeadline({ ms, signal }, async (until) => {
      const answer = await client.exec({
        query: text,
        query_id: randomUUID(),
        query_params: params,
        clickhouse_settings: WHOLE,
        abort_signal: until,
        ignore_error_response: true,
      });
      return read(answer, until);
    });
  const limit = ({ timeoutSeconds = 0 }: Statement): number => timeoutSeconds * 1_000 + timeoutMs;
  return {
    ask: (client, statement) => onceMore(() => send(client, statement, limit(statement), readRows)),
    run: (client, statement) => send(client, statement, limit(statement), (answer, until) => readDone(answer, false, until)),
  };
};

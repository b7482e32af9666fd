import { type ClickHouseClient } from '@clickhouse/client';

/** A connection that runs statements. A lane knows how many may run at once on its engine and what a failed one leaves behind. */
export type Lane = {
  /** Statements running or waiting. */
  readonly load: () => number;
  readonly run: <T>(statement: (client: ClickHouseClient) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
};

/** For engines where every statement is a request of its own. */
export const freeLane = (client: ClickHouseClient): Lane => {
  let load = 0;
  return {
    load: () => load,
    run: async (statement) => {
      load += 1;
      try {
        return await statement(client);
      } finally {
        load -= 1;
      }
    },
    close: () => client.close(),
  };
};

/**
 * For the embedded engine: one statement at a time, in order. A statement that fails in the middle of its result leaves the part it had
 * written on the connection, and the next statement's result begins with it; so a failure is followed by a statement whose result is
 * thrown away.
 */
export const serialLane = (client: ClickHouseClient): Lane => {
  let load = 0;
  let last: Promise<unknown> = Promise.resolve();
  const sweep = async (): Promise<void> => {
    const { stream } = await client.exec({ query: 'SELECT 1 FORMAT Null' });
    stream.destroy();
  };
  const guarded = async <T>(statement: (client: ClickHouseClient) => Promise<T>): Promise<T> => {
    try {
      return await statement(client);
    } catch (error) {
      await sweep();
      throw error;
    } finally {
      load -= 1;
    }
  };
  return {
    load: () => load,
    run: (statement) => {
      load += 1;
      const result = last.then(() => guarded(statement));
      last = result.catch(() => undefined);
      return result;
    },
    close: async () => {
      await last;
      await client.close();
    },
  };
};

import { type AppendMode, connect } from './connection.js';
import { parseConnectionString } from './connection-string.js';
import { EventStoreDbEventStore } from './eventstoredb-event-store.js';
import { refuseOtherClient } from './one-client.js';
import { TIMINGS, type Timings } from './timings.js';

export type EventStoreDbOptions = {
  /** `esdb://user:password@host:2113?tlsCAFile=ca.crt`; see `parseConnectionString`. The user reads `$all`: an administrator. */
  readonly url: string;
  /** `plain` unless said otherwise. */
  readonly appendMode?: AppendMode;
  readonly timings?: Partial<Timings>;
};

/**
 * The event store on a server: EventStoreDB from 22.6, better 24.10.5, or KurrentDB. Nothing is sent before the first call: an
 * unreachable server is `Unavailable` there.
 *
 * @throws TypeError when the connection string is malformed or unsafe
 * @throws Error when the successor's client is loaded in this process, or a file of the connection string cannot be read
 */
export const openEventStoreDb = ({ url, appendMode = 'plain', timings: given = {} }: EventStoreDbOptions): EventStoreDbEventStore => {
  refuseOtherClient();
  const timings = { ...TIMINGS, ...given };
  const keepAlive = { keepAliveInterval: timings.keepAliveMs, keepAliveTimeout: timings.keepAliveAnswerMs };
  return new EventStoreDbEventStore(connect(parseConnectionString(url), keepAlive, appendMode), timings);
};

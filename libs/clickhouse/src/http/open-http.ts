import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { ClientClickHouse } from '../client-clickhouse.js';
import { freeLane } from '../lane.js';
import { type ClickHouse } from '../port.js';
import { sendInsert } from './send-insert.js';

/** Running on the server, and waiting for a socket. */
const QUERIES_MAX = 200;

export type HttpOptions = {
  /** `http://host:8123` or `https://host:8443`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** After this the caller gets a transient error, whatever the server does; 60 seconds unless said otherwise. */
  readonly requestTimeoutMs?: number;
  /** Sockets at the same time, 10 unless said otherwise. */
  readonly connectionsMax?: number;
};

/** ClickHouse on a server. Nothing is sent before the first statement: an unreachable server is a transient `ClickHouseError` there. */
export const openHttp = (options: HttpOptions): ClickHouse => {
  const client = createClient({
    url: options.url,
    username: options.username ?? 'default',
    password: options.password ?? '',
    application: 'driftledger',
    request_timeout: options.requestTimeoutMs ?? 60_000,
    max_open_connections: options.connectionsMax ?? 10,
    compression: { request: true, response: true },
    // Every failure reaches the caller as an error, who logs it with its context.
    log: { level: ClickHouseLogLevel.OFF },
    keep_alive: { enabled: true },
  });
  const lane = freeLane(client);
  return new ClientClickHouse({ writers: [lane], readers: [lane], queriesMax: QUERIES_MAX, interruptible: true, sendInsert });
};

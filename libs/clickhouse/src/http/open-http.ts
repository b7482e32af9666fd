import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { ClientClickHouse } from '../client-clickhouse.js';
import { freeLane } from '../lane.js';
import { type ClickHouse } from '../port.js';
import { httpTransport } from './http-transport.js';
import { insertSender } from './send-insert.js';

/** Running on the server, and waiting for a socket. */
const QUERIES_MAX = 200;
/** A socket on which nothing moves. No statement waits as long: each has a deadline of its own. */
const SILENCE_MS_MAX = 2 * 3_600_000;

export type HttpOptions = {
  /** `http://host:8123` or `https://host:8443`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** Certificates, in PEM, of the authorities that may have signed the server's; those that Node knows unless said otherwise. */
  readonly ca?: string;
  /** The cluster whose replicas have the tables, where there are several: see `ClickHouse.cluster`. */
  readonly cluster?: string;
  /** After this the caller gets a transient error, whatever the server does; 60 seconds unless said otherwise. Queries have their own limit on top. */
  readonly requestTimeoutMs?: number;
  /** Sockets at the same time, 10 unless said otherwise. */
  readonly connectionsMax?: number;
};

/** A replica that is down gets a change of the schema when it comes back; nobody waits for it. The client's types do not know this mode yet. */
const ONLY_ACTIVE = 'clickhouse_setting_distributed_ddl_output_mode=throw_only_active';

/** ClickHouse on a server. Nothing is sent before the first statement: an unreachable server is a transient `ClickHouseError` there. */
export const openHttp = (options: HttpOptions): ClickHouse => {
  const { url, username = 'default', password = '', ca, cluster, requestTimeoutMs = 60_000, connectionsMax = 10 } = options;
  const client = createClient({
    url: cluster === undefined ? url : `${url}?${ONLY_ACTIVE}`,
    username,
    password,
    application: 'driftledger',
    request_timeout: SILENCE_MS_MAX,
    max_open_connections: connectionsMax,
    compression: { request: true, response: true },
    // Every failure reaches the caller as an error, who logs it with its context.
    log: { level: ClickHouseLogLevel.OFF },
    // Also where the event loop was busy for longer than a socket may lie idle.
    keep_alive: { enabled: true, eagerly_destroy_stale_sockets: true },
    ...(ca === undefined ? {} : { tls: { ca_cert: Buffer.from(ca) } }),
  });
  const lane = freeLane(client);
  return new ClientClickHouse({
    writers: [lane],
    readers: [lane],
    queriesMax: QUERIES_MAX,
    interruptible: true,
    transport: httpTransport(requestTimeoutMs),
    sendInsert: insertSender(requestTimeoutMs),
    ...(cluster === undefined ? {} : { cluster }),
  });
};

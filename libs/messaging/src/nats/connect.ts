import { connect, type NatsConnection } from '@nats-io/transport-node';
import { BusUnavailable } from '../message-bus.js';

export { type NatsConnection };

export type NatsOptions = {
  /** `nats://host:4222` or `tls://host:4222`; any of a cluster will do. */
  readonly servers: readonly string[];
  /** What operators see in the server's list of connections. */
  readonly name: string;
  readonly user?: string;
  readonly password?: string;
  /** Certificate of the authority that signed the server's, where the system does not know it. */
  readonly caFile?: string;
  /** How long the first connection may take, in milliseconds; 10,000 unless said otherwise. */
  readonly timeoutMs?: number;
};

const TIMEOUT_MS = 10_000;
/** A frozen peer is noticed after this, times three. */
const PING_MS = 3_000;

/**
 * A connection that comes back by itself, however long its server was away or refused its credentials. Whoever opens it closes it.
 * @throws BusUnavailable when no server is reached in time, and when one refuses the credentials
 */
export const connectToNats = async (options: NatsOptions): Promise<NatsConnection> => {
  const { servers, name, user, password, caFile, timeoutMs = TIMEOUT_MS } = options;
  try {
    return await connect({
      servers: [...servers],
      name,
      timeout: timeoutMs,
      maxReconnectAttempts: -1,
      // Credentials that are being exchanged are refused for a while; the client would give up at the second refusal.
      ignoreAuthErrorAbort: true,
      reconnectTimeWait: 250,
      reconnectJitter: 250,
      pingInterval: PING_MS,
      maxPingOut: 2,
      ...(user === undefined ? {} : { user }),
      ...(password === undefined ? {} : { pass: password }),
      ...(caFile === undefined ? {} : { tls: { caFile } }),
    });
  } catch (cause) {
    throw new BusUnavailable(`no NATS server was reached: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
};

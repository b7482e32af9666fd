import { EventStoreDBClient } from '@eventstore/db-client';
import { type ConnectionSettings } from './connection-string.js';

/**
 * `plain`: one call per append, whose deadline the client keeps. `batch`: all appends share one call; faster, and its faults are
 * contained by the appender's own timer.
 */
export type AppendMode = 'plain' | 'batch';

/** How often an idle connection is tried, and how long the answer may take. Milliseconds. */
export type KeepAlive = { readonly keepAliveInterval: number; readonly keepAliveTimeout: number };

const CLOSE_MS = 2_000;

/** The vendor's client with its known faults contained. Made by `connect`. */
export class Connection extends EventStoreDBClient {
  /** Called once, before the first call. */
  contain(appendMode: AppendMode): this {
    const { supports, handleError, GRPCStreamCreator: create } = this;
    this.supports = async (method, feature) =>
      (appendMode === 'batch' || !method.path.endsWith('/BatchAppend')) && (await supports(method, feature));
    // Nobody awaits it: while a cluster is looked for it would reject into nothing, which ends the process.
    this.handleError = (client, error) => handleError(client, error).catch(() => undefined);
    this.GRPCStreamCreator = (kind, name, creator, cache) =>
      create(
        kind,
        name,
        async (client) => {
          const stream = await creator(client);
          if (name === 'appendToStream' && 'end' in stream) {
            ignoreUnknownReplies(stream);
            // Ended by the server, the call is still open on this side, and would be used for every append to come.
            stream.on('end', () => void stream.end());
          }
          return stream;
        },
        cache,
      );
    return this;
  }

  /** What the server says of itself, such as 24.10.5; `unknown` before 21.10. */
  async serverVersion(): Promise<string> {
    return (await this.capabilities).serverVersion;
  }

  /** Ends every call and the connection itself. Never rejects. */
  async shut(): Promise<void> {
    const ended = (async () => {
      await this.dispose();
      (await this.getChannel()).close();
    })().catch(() => undefined);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())]);
  }
}

type Listening = {
  listeners(event: 'data'): readonly unknown[];
  off(event: 'data', listener: never): unknown;
  on(event: 'data', listener: (reply: unknown) => void): unknown;
};

/**
 * A reply with a correlation id the client does not know any more (a duplicate, or late) makes its listener throw, which ends the
 * process. Whoever waited for the real reply got it, or has a timer.
 */
const ignoreUnknownReplies = (stream: Listening): void => {
  for (const listener of stream.listeners('data')) {
    if (typeof listener !== 'function') continue;
    stream.off('data', listener as never);
    stream.on('data', (reply) => {
      try {
        Reflect.apply(listener, stream, [reply]);
      } catch {
        // Nobody waits for this reply.
      }
    });
  }
};

/** Nothing is sent before the first call. */
export const connect = (settings: ConnectionSettings, keepAlive: KeepAlive, appendMode: AppendMode): Connection => {
  const { hosts, discover, tls, credentials, authority, clientCertificate } = settings;
  const [first] = hosts;
  if (!first) throw new TypeError('a connection needs a host');
  const channel = {
    insecure: !tls,
    ...(authority ? { rootCertificate: authority } : {}),
    ...(clientCertificate ? { userCertFile: clientCertificate.certificate, userKeyFile: clientCertificate.key } : {}),
  };
  const client = { ...keepAlive, connectionName: 'driftledger' };
  const connection = discover
    ? new Connection({ ...client, discover: first }, channel, credentials)
    : hosts.length > 1
      ? new Connection({ ...client, endpoints: [...hosts] }, channel, credentials)
      : new Connection({ ...client, endpoint: first }, channel, credentials);
  return connection.contain(appendMode);
};

import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

type Fields = Readonly<Record<string, unknown>>;

/** What a GraphQL server answered over HTTP. The caller names the shape of the data it asked for. */
export type GraphqlAnswer<Data = Fields> = {
  readonly status: number;
  readonly data: Data;
  readonly errors: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
};

/** How a WebSocket ended. */
export type Closed = { readonly code: number; readonly reason: string };

/** A feed being read: what came so far, and how the connection ended if it did. */
export type LiveFeed<Data = Fields> = {
  readonly received: readonly Data[];
  readonly errors: readonly unknown[];
  /** Resolves when so many messages have come. */
  readonly count: (messages: number) => Promise<readonly Data[]>;
  readonly closed: Promise<Closed>;
  readonly stop: () => Promise<void>;
};

/** Talks GraphQL to a running server, as a client from outside would. */
export class GraphqlClient {
  constructor(
    readonly url: string,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  async ask<Data = Fields>(query: string, variables: Record<string, unknown> = {}): Promise<GraphqlAnswer<Data>> {
    return this.post<Data>(JSON.stringify({ query, variables }));
  }

  async post<Data = Fields>(
    body: string,
    headers: Record<string, string> = { 'content-type': 'application/json' },
  ): Promise<GraphqlAnswer<Data>> {
    const response = await fetch(`${this.url}/graphql`, { method: 'POST', headers: { ...this.headers, ...headers }, body });
    const { data, errors } = (await response.json()) as Partial<GraphqlAnswer<Data>>;
    return { status: response.status, data: data ?? ({} as Data), errors: errors ?? [] };
  }

  /** Subscribes over graphql-ws, with `connection_init` carrying the given payload. */
  follow<Data = Fields>(query: string, variables: Record<string, unknown> = {}, connectionParams: Fields = this.headers): LiveFeed<Data> {
    const received: Data[] = [];
    const errors: unknown[] = [];
    const waiting = new Set<() => void>();
    const wake = () => [...waiting].forEach((check) => check());
    let client: Client | undefined;
    const closed = new Promise<Closed>((resolve) => {
      client = createClient({
        url: `${this.url.replace(/^http/, 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { ...connectionParams },
        retryAttempts: 0,
        lazy: true,
        on: {
          closed: (event) => {
            const { code, reason } = event as Closed;
            resolve({ code, reason: String(reason) });
          },
        },
      });
      client.subscribe<Data>(
        { query, variables },
        {
          next: (message) => {
            if (message.data) received.push(message.data);
            if (message.errors) errors.push(...message.errors);
            wake();
          },
          error: (error) => {
            errors.push(error);
            wake();
          },
          complete: wake,
        },
      );
    });
    const count = (messages: number) =>
      new Promise<readonly Data[]>((resolve, reject) => {
        const check = () => {
          if (errors.length > 0) reject(new Error(JSON.stringify(errors)));
          if (received.length < messages) return;
          waiting.delete(check);
          resolve(received);
        };
        waiting.add(check);
        check();
      });
    return { received, errors, count, closed, stop: async () => client?.dispose() };
  }
}

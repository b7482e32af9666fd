import { join } from 'node:path';
import { type z } from 'zod';
import { isLoopback } from '#libs/configuration';
import { formatApiKey, readKeyFile } from '#libs/identity';
import { UsageError } from './usage-error.js';

/** Where the server is and what opens it. `timeoutMs` bounds one call from the first byte to the last. */
export type ClientOptions = { readonly baseUrl: URL; readonly key: string; readonly timeoutMs?: number };

/** The server answered with a problem, or not at all. `code` is the problem's code, `UNREACHABLE` or `UNREADABLE`. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  constructor(
    readonly code: string,
    message: string,
    readonly status?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const DEFAULT_URL = 'http://127.0.0.1:4000';
const ANSWER_CHARACTERS_MAX = 64 * 1024 * 1024;

/** A running server, as commands talk to it: JSON in, JSON out, problems as errors a person can read. */
export class Client {
  constructor(private readonly options: ClientOptions) {}

  /** @throws ServerError */
  async call<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, answer: z.ZodType<T>, body?: unknown): Promise<T> {
    const response = await this.send(method, path, body);
    const text = await this.textOf(response);
    if (!response.ok) throw problemIn(response.status, text);
    const parsed = answer.safeParse(jsonOf(text));
    if (!parsed.success)
      throw new ServerError('UNREADABLE', `${this.place} answered ${method} ${path} in a form this release does not know`);
    return parsed.data;
  }

  /** Sends a request that is answered line by line (NDJSON), and gives the lines as they come; there is no limit of time. @throws ServerError */
  async *lines<T>(method: 'POST', path: string, line: z.ZodType<T>, body?: unknown): AsyncGenerator<T, void, undefined> {
    const response = await this.send(method, path, body, null);
    if (!response.ok || !response.body) throw problemIn(response.status, await this.textOf(response));
    let rest = '';
    try {
      for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
        const [last = '', ...complete] = `${rest}${piece}`.split('\n').reverse();
        for (const text of complete.reverse()) yield this.lineIn(text, line);
        rest = last;
      }
    } catch (cause) {
      throw cause instanceof ServerError ? cause : this.unreachable(cause);
    }
  }

  /** Runs one GraphQL operation and gives its `data`. @throws ServerError with the messages of `errors` */
  async graphql<T>(query: string, data: z.ZodType<T>, variables: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const response = await this.send('POST', '/graphql', { query, variables });
    const text = await this.textOf(response);
    const answer = jsonOf(text);
    const messages = graphqlErrors(answer);
    if (messages.length > 0) throw new ServerError('GRAPHQL', messages.join('; '), response.status);
    if (!response.ok) throw problemIn(response.status, text);
    const parsed = data.safeParse(isObject(answer) ? answer['data'] : undefined);
    if (!parsed.success) throw new ServerError('UNREADABLE', `${this.place} answered in a form this release does not know`);
    return parsed.data;
  }

  private get timeoutMs(): number {
    return this.options.timeoutMs ?? 30_000;
  }

  private get place(): string {
    return this.options.baseUrl.origin;
  }

  private lineIn<T>(text: string, line: z.ZodType<T>): T {
    const parsed = line.safeParse(jsonOf(text));
    if (!parsed.success) throw new ServerError('UNREADABLE', `${this.place} answered in a form this release does not know`);
    return parsed.data;
  }

  private async send(method: string, path: string, body: unknown, timeoutMs: number | null = this.timeoutMs): Promise<Response> {
    try {
      return await fetch(new URL(path, this.options.baseUrl), {
        method,
        redirect: 'error',
        ...(timeoutMs === null ? {} : { signal: AbortSignal.timeout(timeoutMs) }),
        headers: {
          authorization: `Bearer ${this.options.key}`,
          accept: 'application/json, application/problem+json',
          'user-agent': 'driftledger-cli',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw this.unreachable(cause);
    }
  }

  private async textOf(response: Response): Promise<string> {
    try {
      const text = await response.text();
      if (text.length <= ANSWER_CHARACTERS_MAX) return text;
    } catch (cause) {
      throw this.unreachable(cause);
    }
    throw new ServerError('UNREADABLE', `${this.place} answered more than a command can show`);
  }

  private unreachable(cause: unknown): ServerError {
    const late = isObject(cause) && cause['name'] === 'TimeoutError';
    const what = late ? 'does not answer in time' : 'cannot be reached';
    return new ServerError('UNREACHABLE', `${this.place} ${what}; start a server with "npm start", or set DRIFTLEDGER_URL`, undefined, {
      cause,
    });
  }
}

/**
 * The server this environment names: `DRIFTLEDGER_URL`, by default on this machine; with the key in `DRIFTLEDGER_KEY`, or for a server
 * on this machine the one in `<data>/admin.key`.
 * @throws UsageError when the address or the key is missing, or the key would travel in clear
 */
export const connect = async (environment: Readonly<Record<string, string | undefined>>): Promise<Client> => {
  const text = environment['DRIFTLEDGER_URL'] || DEFAULT_URL;
  if (!URL.canParse(text)) throw new UsageError('URL', `DRIFTLEDGER_URL is no address: ${text}`);
  const baseUrl = new URL(text);
  if (baseUrl.protocol !== 'https:' && baseUrl.protocol !== 'http:')
    throw new UsageError('URL', 'DRIFTLEDGER_URL takes http:// or https://');
  const here = isLoopback(baseUrl.hostname.replace(/^\[|\]$/g, ''));
  if (!here && baseUrl.protocol === 'http:')
    throw new UsageError('URL', 'DRIFTLEDGER_URL takes https:// for another machine: the key would travel in clear');
  return new Client({ baseUrl, key: environment['DRIFTLEDGER_KEY'] || (await keyFromFile(environment, here)) });
};

/** The admin's key of a data directory is only for the server beside it. */
const keyFromFile = async (environment: Readonly<Record<string, string | undefined>>, here: boolean): Promise<string> => {
  if (!here) throw new UsageError('KEY', 'DRIFTLEDGER_KEY is needed for a server on another machine');
  const file = join(environment['DRIFTLEDGER_DATA'] || '.driftledger', 'admin.key');
  const key = await readKeyFile(file);
  if (!key)
    throw new UsageError('KEY', `there is no key in ${file}; start a server with "npm start", or set DRIFTLEDGER_KEY or DRIFTLEDGER_DATA`);
  return formatApiKey(key);
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const jsonOf = (text: string): unknown => {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
};

const graphqlErrors = (answer: unknown): readonly string[] => {
  const errors = isObject(answer) ? answer['errors'] : undefined;
  if (!Array.isArray(errors)) return [];
  return errors.map((error: unknown) =>
    isObject(error) && typeof error['message'] === 'string' ? error['message'] : 'an error without a message',
  );
};

/** `detail (CODE, field, limit; request …)`: what a person needs, and what somebody with the server's log needs. */
const problemIn = (status: number, text: string): ServerError => {
  const body = jsonOf(text);
  if (!isObject(body) || typeof body['detail'] !== 'string' || typeof body['code'] !== 'string')
    return new ServerError('UNREADABLE', `the server answered with status ${status}`, status);
  const { code, detail, field, limit, requestId } = body;
  const about = [code, typeof field === 'string' ? `field ${field}` : '', typeof limit === 'number' ? `limit ${limit}` : ''].filter(
    (part) => part !== '',
  );
  const request = typeof requestId === 'string' ? `; request ${requestId}` : '';
  return new ServerError(code, `${detail} (${about.join(', ')}${request})`, status);
};

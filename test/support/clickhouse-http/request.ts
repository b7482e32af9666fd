import { type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { Exception } from './exceptions.js';

/** A statement as it arrived: text, where its rows are, what it is to run with. */
export type Statement = {
  readonly id: string;
  readonly text: string;
  /** Rows of an insert; undefined when the body is the statement itself. */
  readonly rows: Buffer | undefined;
  readonly user: string;
  readonly database: string | undefined;
  readonly format: string;
  /** Of `{name:Type}`, as text. */
  readonly params: ReadonlyMap<string, string>;
  /** To be set before the statement runs. */
  readonly settings: ReadonlyMap<string, string>;
  readonly waitsForEnd: boolean;
  readonly endsWithClient: boolean;
  readonly gzip: boolean;
  readonly method: string;
  readonly compressed: boolean;
  readonly bodyBytes: number;
};

/** Parameters of the address that belong to the interface; all others are settings of the statement. */
const OWN = new Set(['query', 'query_id', 'database', 'default_format', 'user', 'password', 'wait_end_of_query', 'buffer_size', 'role']);

/**
 * Who asks: by `X-ClickHouse-User` and `-Key`, by Basic authentication, or in the address.
 *
 * @throws Exception as servers do when the password is wrong
 */
export const authenticate = (request: IncomingMessage, given: URLSearchParams, users: Readonly<Record<string, string>>): string => {
  const basic = /^Basic (.*)$/.exec(request.headers.authorization ?? '')?.[1];
  const [name = '', ...rest] = basic === undefined ? [] : Buffer.from(basic, 'base64').toString('utf8').split(':');
  const header = (key: string): string | undefined => {
    const value = request.headers[key];
    return typeof value === 'string' ? value : undefined;
  };
  const user = header('x-clickhouse-user') ?? (basic === undefined ? (given.get('user') ?? 'default') : name);
  const password = header('x-clickhouse-key') ?? (basic === undefined ? (given.get('password') ?? '') : rest.join(':'));
  if (users[user] !== password)
    throw new Exception(
      516,
      'AUTHENTICATION_FAILED',
      `${user}: Authentication failed: password is incorrect, or there is no user with such name.`,
    );
  return user;
};

/** @throws Exception when the body is not what its headers say */
export const statementOf = async (request: IncomingMessage, given: URLSearchParams, user: string, id: string): Promise<Statement> => {
  const sent = Buffer.concat(await request.toArray());
  const encoding = request.headers['content-encoding'];
  const compressed = encoding === 'gzip';
  if (encoding !== undefined && !compressed)
    throw new Exception(48, 'NOT_IMPLEMENTED', `the content encoding ${encoding} is not known here`);
  const body = compressed ? unpacked(sent) : sent;
  const query = given.get('query') ?? '';
  // Rows follow a statement that ends in a format; anything else in the body is the rest of the statement.
  const rowsFollow = /^\s*INSERT\b.*\bFORMAT\s+\w+\s*$/is.test(query);
  const entries = [...given];
  return {
    id,
    text: rowsFollow ? query : `${query}${body.toString('utf8')}`,
    rows: rowsFollow ? body : undefined,
    user,
    database: given.get('database') ?? undefined,
    format: given.get('default_format') ?? 'TabSeparated',
    params: new Map(entries.flatMap(([name, value]) => (name.startsWith('param_') ? [[name.slice('param_'.length), value] as const] : []))),
    settings: new Map(entries.filter(([name]) => !OWN.has(name) && !name.startsWith('param_'))),
    waitsForEnd: given.get('wait_end_of_query') === '1',
    endsWithClient: given.get('cancel_http_readonly_queries_on_client_close') === '1',
    gzip: given.get('enable_http_compression') === '1' && /\bgzip\b/.test(request.headers['accept-encoding'] ?? ''),
    method: request.method ?? '',
    compressed,
    bodyBytes: sent.length,
  };
};

const unpacked = (sent: Buffer): Buffer => {
  try {
    return gunzipSync(sent);
  } catch (error) {
    throw new Exception(354, 'ZLIB_INFLATE_FAILED', `inflate failed: ${String(error)}`);
  }
};

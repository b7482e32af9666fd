/** Codes after which the same statement may succeed: overload, timeouts, lost connections, a replica that is not ready, a full disk. */
const TRANSIENT_CODES: ReadonlySet<string> = new Set([
  '75',
  '159',
  '202',
  '209',
  '210',
  '241',
  '242',
  '243',
  '252',
  '279',
  '319',
  '394',
  '999',
]);
const TRANSIENT_SYSTEM_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  // Rows wait in a file on their way to the embedded engine: its disk may be full for a while.
  'ENOSPC',
  'EDQUOT',
  'EMFILE',
  'ENFILE',
  // What stands between this process and the server: see `http/read-answer.ts`.
  'UNAVAILABLE',
  'TRUNCATED',
]);
/** CANNOT_OPEN_FILE: what the engine answers when it cannot lock its directory. */
const DIRECTORY_IN_USE = '76';

/**
 * What ClickHouse, or the way to it, answered instead of a result.
 *
 * `code` is ClickHouse's number as text (`60`), a system code (`ECONNREFUSED`), or one of the way there: `UNAVAILABLE`, `TRUNCATED`,
 * `NOT_CLICKHOUSE`; `type` is its name (`UNKNOWN_TABLE`).
 * `transient` says that the same statement may succeed later; whether an INSERT behind it happened is unknown.
 */
export class ClickHouseError extends Error {
  override readonly name = 'ClickHouseError';
  constructor(
    message: string,
    readonly code: string,
    readonly type: string,
    readonly transient: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const textOf = (error: unknown, key: string): string => {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, key) : undefined;
  return typeof value === 'string' ? value : '';
};

/** Wraps whatever the client threw. `what` names the statement, never its values. An error that is wrapped already stays as it is. */
export const clickHouseError = (what: string, error: unknown): ClickHouseError => {
  if (error instanceof ClickHouseError) return error;
  // The embedded engine throws from another copy of the client's class, so the class says nothing: the fields do.
  const code = textOf(error, 'code');
  const message = textOf(error, 'message') || String(error);
  const timedOut = /^Timeout error/.test(message);
  const transient = timedOut || TRANSIENT_CODES.has(code) || TRANSIENT_SYSTEM_CODES.has(code);
  return new ClickHouseError(`${what}: ${message}`, code, textOf(error, 'type') || (timedOut ? 'CLIENT_TIMEOUT' : ''), transient, {
    cause: error,
  });
};

/** Says in plain words why an embedded data directory could not be opened. `holder` is the process that seems to have it. */
export const cannotOpen = (path: string, holder: number | undefined, error: unknown): ClickHouseError => {
  const message = textOf(error, 'message') || String(error);
  const [type, reason] =
    holder === undefined
      ? ['CANNOT_OPEN', `cannot open the ClickHouse directory ${path}: ${message}`]
      : ['DIRECTORY_IN_USE', `process ${holder} has the ClickHouse directory ${path} open; only one process at a time can`];
  return new ClickHouseError(reason, DIRECTORY_IN_USE, type, false, { cause: error });
};

/** So many queries wait already that another one is not taken; nothing was asked. The code is the one a server has for this. */
export const tooManyQueries = (query: string): ClickHouseError =>
  new ClickHouseError(`${query}: too many queries wait for the read model`, '202', 'TOO_MANY_SIMULTANEOUS_QUERIES', true);

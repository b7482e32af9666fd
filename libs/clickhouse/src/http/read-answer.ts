import { type Readable } from 'node:stream';
import { textUntil } from './deadline.js';
import { exceptionIn, exceptionRow, trailingException } from './exception-text.js';

/** An answer as the client gives it, of whatever status. */
export type Answer = {
  readonly stream: Readable;
  readonly http_status_code?: number;
  readonly response_headers: Readonly<Record<string, string | string[] | undefined>>;
};

/** Statuses of proxies without a server, and of one that refuses for now. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);
/** What decompression says about a body that is not whole. */
const CUT: ReadonlySet<unknown> = new Set(['Z_BUF_ERROR', 'Z_DATA_ERROR', 'ERR_STREAM_PREMATURE_CLOSE']);

/**
 * The rows of an answer, one JSON array. A status of 200 does not say that they are complete, nor that ClickHouse sent them: it comes before
 * them, and from anything that speaks HTTP.
 *
 * @throws Error with the server's code and type when the statement failed, at whatever point; `UNAVAILABLE` when no server is there,
 *   `TRUNCATED` when the answer is not whole, `NOT_CLICKHOUSE` when it is another's
 */
export const readRows = async (answer: Answer, signal: AbortSignal): Promise<unknown> => {
  const { body, tag } = await bodyOf(answer, signal);
  let rows: unknown;
  try {
    rows = JSON.parse(body);
  } catch (error) {
    // An array that is whole has no exception behind it.
    throw trailingException(body, tag) ?? (body.trimStart().startsWith('<') ? notClickHouse(200) : cutShort(error));
  }
  const last: unknown = Array.isArray(rows) ? rows.at(-1) : undefined;
  const exception = typeof last === 'object' && last !== null ? exceptionRow({ ...last }) : undefined;
  if (exception) throw exception;
  return rows;
};

/**
 * Waits for the end of an answer that says no more than that a statement has been carried out.
 *
 * @param empty whether it must say nothing at all, as the answer to an insert
 * @throws Error as `readRows`
 */
export const readDone = async (answer: Answer, empty: boolean, signal: AbortSignal): Promise<void> => {
  const { body, tag, status } = await bodyOf(answer, signal);
  const exception = trailingException(body, tag);
  if (exception) throw exception;
  // The page of a proxy must not count as rows that were written.
  if (answer.response_headers['x-clickhouse-query-id'] === undefined || (empty && body !== '')) throw notClickHouse(status);
};

const bodyOf = async (answer: Answer, signal: AbortSignal) => {
  const { http_status_code: status = 0, response_headers: headers, stream } = answer;
  const body = await textUntil(stream, signal).catch((error: unknown) => {
    if (typeof error === 'object' && error !== null && 'code' in error && CUT.has(error.code)) throw cutShort(error);
    throw error;
  });
  // Where headers carry progress, an exception too comes with a status of 200.
  const failed = status < 200 || status >= 300 || headers['x-clickhouse-exception-code'] !== undefined;
  if (failed) throw exceptionIn(body) ?? notClickHouse(status);
  const tag = headers['x-clickhouse-exception-tag'];
  return { body, status, tag: typeof tag === 'string' ? tag : undefined };
};

/** What such an answer says is left out: it is a page for people. */
const notClickHouse = (status: number): Error =>
  PASSING.has(status)
    ? failure(`no server answers behind the address at the moment (HTTP ${status})`, 'UNAVAILABLE')
    : failure(`something else than ClickHouse answered (HTTP ${status})`, 'NOT_CLICKHOUSE');

/** Whether the statement was carried out is unknown. */
const cutShort = (cause: unknown): Error => failure('the answer ended before its end', 'TRUNCATED', cause);

const failure = (message: string, code: string, cause?: unknown): Error =>
  Object.assign(new Error(message, cause === undefined ? {} : { cause }), { code, type: code });

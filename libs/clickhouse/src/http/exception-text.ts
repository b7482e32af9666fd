/** `Code: 241. DB::Exception: … (MEMORY_LIMIT_EXCEEDED) (version …)`. Of an error another server was answered with, the inner one counts. */
const EXCEPTION = /^.*Code: (\d+)\. (?:\w+::)*Exception: (.+?)\(([A-Z][A-Z0-9_]{2,})\)/s;
/** The same as the end of a text: nothing but the version comes after it. */
const AT_THE_END = /Code: \d+\. (?:\w+::)*Exception: [^]*\([A-Z][A-Z0-9_]{2,}\)(?: \(version [^\n]*\))?\s*$/;
/** An exception longer than this is looked at from here. Enough for one with the whole text of a statement in it. */
const LOOKED_AT_MAX = 64 * 1024;
const MESSAGE_LENGTH_MAX = 2_000;

/** The exception in a text that is one, with ClickHouse's `code` and `type`. @returns undefined for anything else, such as the page of a proxy */
export const exceptionIn = (text: string): Error | undefined => {
  const [, code, message = '', type] = EXCEPTION.exec(text.slice(-LOOKED_AT_MAX)) ?? [];
  if (code === undefined || type === undefined) return undefined;
  return Object.assign(new Error(message.trim().slice(0, MESSAGE_LENGTH_MAX)), { code, type });
};

/**
 * The exception that ends a body whose headers had promised a result: between marks that a header announced (servers from 25.11), or as
 * plain text after the last bytes of the result (older ones).
 *
 * @param tag of the header `X-ClickHouse-Exception-Tag`, where there is one
 */
export const trailingException = (body: string, tag: string | undefined): Error | undefined => {
  // What was selected may contain anything; but the tag was drawn for this answer alone.
  const begin = tag === undefined ? -1 : body.lastIndexOf(`__exception__\r\n${tag}\r\n`);
  if (begin >= 0) return exceptionIn(body.slice(begin)) ?? new Error(body.slice(begin, begin + MESSAGE_LENGTH_MAX));
  const found = AT_THE_END.exec(body.slice(-LOOKED_AT_MAX))?.[0];
  return found === undefined ? undefined : exceptionIn(found);
};

/** The exception that some servers write as if it were the last row: only what it says tells it apart. */
export const exceptionRow = (row: Readonly<Record<string, unknown>> | undefined): Error | undefined => {
  const said = row?.['exception'];
  return typeof said === 'string' && said.startsWith('Code: ') ? exceptionIn(said) : undefined;
};

/** What stands where a secret was. */
export const REDACTED = '[redacted]';

/** Field names whose value is never logged, whatever it is. Compared in lower case without dashes and underscores. */
const SECRET_FIELDS = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'token',
  'key',
  'apikey',
  'secret',
  'password',
  'driftledgerkey',
]);

/** Secrets inside free text: our keys, bearer and basic credentials, our cookie, one-time tokens in URLs. */
const SECRET_TEXT: readonly (readonly [RegExp, string])[] = [
  [/\bdl_([a-z0-9]{16})_[A-Za-z0-9_-]+/g, `dl_$1_${REDACTED}`],
  [/\b(bearer|basic)\s+[A-Za-z0-9+/=._~-]+/gi, `$1 ${REDACTED}`],
  [/([?&](?:token|key)=)[^&\s"']+/gi, `$1${REDACTED}`],
  [/(driftledger_session=)[^;\s"']+/gi, `$1${REDACTED}`],
];

const DEPTH_MAX = 8;
const ITEMS_MAX = 100;

export const redactText = (text: string): string =>
  SECRET_TEXT.reduce((redacted, [pattern, replacement]) => redacted.replace(pattern, replacement), text);

/** A copy of a value fit for a log: secrets replaced at any depth, errors as objects, cycles and depth cut, `bigint` as text. */
export const redact = (value: unknown): unknown => copy(value, 0, new Set());

const copy = (value: unknown, depth: number, above: ReadonlySet<object>): unknown => {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? '[function]' : value;
  if (above.has(value)) return '[cycle]';
  if (depth >= DEPTH_MAX) return '[deeper]';
  const within = new Set([...above, value]);
  if (value instanceof Error) return copyError(value, depth, within);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, ITEMS_MAX).map((item) => copy(item, depth + 1, within));
  if (value instanceof Map)
    return copyEntries(
      [...value.entries()].map(([name, item]) => [String(name), item]),
      depth,
      within,
    );
  if (value instanceof Set) return copy([...value], depth, within);
  return copyEntries(Object.entries(value), depth, within);
};

const copyError = (error: Error, depth: number, above: ReadonlySet<object>): unknown => ({
  ...Object.fromEntries(copiedEntries(Object.entries(error), depth, above)),
  name: error.name,
  message: redactText(error.message),
  stack: redactText(error.stack ?? ''),
  ...(error.cause === undefined ? {} : { cause: copy(error.cause, depth + 1, above) }),
});

const copyEntries = (entries: readonly (readonly [string, unknown])[], depth: number, above: ReadonlySet<object>): unknown =>
  Object.fromEntries(copiedEntries(entries, depth, above));

const copiedEntries = (
  entries: readonly (readonly [string, unknown])[],
  depth: number,
  above: ReadonlySet<object>,
): (readonly [string, unknown])[] =>
  entries.slice(0, ITEMS_MAX).map(([name, value]) => [redactText(name), isSecret(name) ? REDACTED : copy(value, depth + 1, above)]);

const isSecret = (name: string): boolean => SECRET_FIELDS.has(name.toLowerCase().replace(/[-_]/g, ''));

/** Marks a string that stands for something JSON has no word for. `$string:` protects text that happens to look marked. */
const BIGINT = '$bigint:';
const STRING = '$string:';
const MARKED = /^\$(?:bigint|string):/;

/**
 * Canonical JSON text of a value: bigint as a marked string, -0 as 0, undefined fields left out.
 * @throws TypeError for what would silently change or vanish: NaN, infinities, undefined in arrays, functions, dates, maps, typed arrays
 */
export const toJsonText = (value: unknown): string => {
  const text = JSON.stringify(needsMarks(value, '') ? marked(value) : value);
  return text ?? 'null';
};

/** The value of a text made by `toJsonText`. @throws SyntaxError when the text is no JSON */
export const fromJsonText = (text: string): unknown => {
  const value: unknown = JSON.parse(text);
  return text.includes('"$bigint:') || text.includes('"$string:') ? unmarked(value) : value;
};

/** One walk that refuses what JSON would bend, and says whether a marked copy is needed at all: large events rarely need one. */
const needsMarks = (value: unknown, path: string): boolean => {
  switch (typeof value) {
    case 'number':
      if (!Number.isFinite(value))
        throw new TypeError(`${path || 'the value'} is ${value}: an event holds finite numbers, leave a missing one out or send null`);
      return false;
    case 'string':
      return value.startsWith('$') && MARKED.test(value);
    case 'bigint':
      return true;
    case 'boolean':
    case 'undefined':
      return false;
    case 'object':
      return value !== null && childNeedsMarks(value, path);
    case 'function':
    case 'symbol':
      throw new TypeError(`${path || 'the value'} is a ${typeof value}: an event holds data only`);
  }
};

const childNeedsMarks = (value: object, path: string): boolean => {
  let needed = false;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const item: unknown = value[index];
      if (typeof item === 'number' && Number.isFinite(item)) continue;
      if (item === undefined) throw new TypeError(`${path}[${index}] is undefined: JSON would turn it into null`);
      if (needsMarks(item, `${path}[${index}]`)) needed = true;
    }
    return needed;
  }
  if (Object.prototype.toString.call(value) !== '[object Object]') {
    throw new TypeError(
      `${path || 'the value'} is a ${Object.prototype.toString.call(value).slice(8, -1)}: an event holds plain objects and arrays`,
    );
  }
  for (const [key, item] of Object.entries(value)) if (needsMarks(item, path === '' ? key : `${path}.${key}`)) needed = true;
  return needed;
};

const marked = (value: unknown): unknown => {
  if (typeof value === 'bigint') return `${BIGINT}${value}`;
  if (typeof value === 'string') return MARKED.test(value) ? `${STRING}${value}` : value;
  return mapTree(value, marked);
};

const unmarked = (value: unknown): unknown => {
  if (typeof value === 'string') {
    if (value.startsWith(BIGINT)) return BigInt(value.slice(BIGINT.length));
    return value.startsWith(STRING) ? value.slice(STRING.length) : value;
  }
  return mapTree(value, unmarked);
};

const mapTree = (value: unknown, change: (item: unknown) => unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(change);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item)]));
};

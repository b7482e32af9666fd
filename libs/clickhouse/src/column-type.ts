import { type ByteSink } from './byte-sink.js';
import { type Cell } from './port.js';

/** Writes one value of a column in RowBinary. @throws TypeError when the value does not fit the type */
export type WriteCell = (cell: Cell, sink: ByteSink) => void;

/** How values of one ClickHouse type are written, and the type as it is written: without what only concerns storage. */
export type ColumnType = { readonly written: string; readonly write: WriteCell };

/**
 * Reads the name of a ClickHouse type: those this project's tables use.
 *
 * @throws TypeError for any other
 */
export const columnType = (name: string): ColumnType => {
  const plain = PLAIN[name];
  if (plain) return { written: name, write: plain };
  if (name === 'UUID') return { written: name, write: writeUuids() };
  const [, outer = '', inside = ''] = /^(\w+)\((.*)\)$/s.exec(name) ?? [];
  const args = argumentsOf(inside);
  const [first = '', second = ''] = args;
  switch (outer) {
    case 'LowCardinality':
      return columnType(first);
    case 'SimpleAggregateFunction':
      return columnType(second);
    case 'DateTime64':
      if (first !== '3') break;
      return { written: name, write: writeInstants() };
    case 'FixedString':
      return { written: name, write: fixedText(Number(first)) };
    case 'Nullable':
      return nullable(columnType(first));
    case 'Array':
      return array(columnType(first));
    case 'Tuple':
      return tuple(args.map(columnType));
    case 'Map':
      return map(columnType(first), columnType(second));
  }
  throw new TypeError(`columnType knows no way to write ${name}`);
};

const argumentsOf = (text: string): readonly string[] => {
  const found: string[] = [];
  let [depth, start] = [0, 0];
  for (let index = 0; index <= text.length; index += 1) {
    const character = text[index];
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === undefined || (character === ',' && depth === 0)) {
      found.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  return found;
};

const unfit = (cell: Cell, type: string): TypeError =>
  new TypeError(`${typeof cell === 'object' ? 'an object' : typeof cell} is no ${type}`);

const integer = (type: string, size: number, lowest: number, highest: number): WriteCell => {
  const [lowestBig, highestBig] = [BigInt(lowest), size === 8 ? (lowest < 0 ? 2n ** 63n - 1n : 2n ** 64n - 1n) : BigInt(highest)];
  return (cell, sink) => {
    if (typeof cell === 'number') {
      if (!Number.isInteger(cell) || cell < lowest || cell > highest) throw new TypeError(`the number is no ${type}`);
      if (size === 8 && !Number.isSafeInteger(cell)) throw new TypeError(`the number is no exact ${type}: write it as bigint or text`);
      return sink.integer(cell, size);
    }
    if (typeof cell === 'boolean') return sink.integer(cell ? 1 : 0, size);
    const big = typeof cell === 'bigint' ? cell : typeof cell === 'string' && /^-?\d{1,20}$/.test(cell) ? BigInt(cell) : undefined;
    if (big === undefined || big < lowestBig || big > highestBig) throw unfit(cell, type);
    if (size === 8) sink.bigInteger(big);
    else sink.integer(Number(big), size);
  };
};

const unsigned = (size: number): WriteCell => integer(`UInt${8 * size}`, size, 0, 2 ** (8 * size) - 1);
const signed = (size: number): WriteCell => integer(`Int${8 * size}`, size, -(2 ** (8 * size - 1)), 2 ** (8 * size - 1) - 1);

/** What is no number becomes NaN: a float column has no other way to say so. */
const writeFloat64: WriteCell = (cell, sink) => {
  if (typeof cell === 'number') return sink.float64(Number.isFinite(cell) ? cell : Number.NaN);
  if (cell !== null) throw unfit(cell, 'Float64');
  sink.float64(Number.NaN);
};

const writeText: WriteCell = (cell, sink) => {
  if (typeof cell !== 'string') throw unfit(cell, 'String');
  sink.text(cell);
};

/** Shorter texts end in zero bytes, as ClickHouse has it. */
const fixedText =
  (size: number): WriteCell =>
  (cell, sink) => {
    if (typeof cell !== 'string' || Buffer.byteLength(cell) > size) throw unfit(cell, `FixedString(${size})`);
    const bytes = Buffer.alloc(size);
    bytes.write(cell, 'utf8');
    sink.raw(bytes);
  };

const writeBool: WriteCell = (cell, sink) => {
  if (typeof cell !== 'boolean' && cell !== 0 && cell !== 1) throw unfit(cell, 'Bool');
  sink.byte(cell ? 1 : 0);
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Two little-endian halves. The rows of a block mostly share theirs, so the last one is kept. */
const writeUuids = (): WriteCell => {
  let text: string | undefined;
  let [high, low] = [0n, 0n];
  return (cell, sink) => {
    if (cell !== text) {
      if (typeof cell !== 'string' || !UUID.test(cell)) throw unfit(cell, 'UUID');
      const digits = cell.replaceAll('-', '');
      [text, high, low] = [cell, BigInt(`0x${digits.slice(0, 16)}`), BigInt(`0x${digits.slice(16)}`)];
    }
    sink.bigInteger(high);
    sink.bigInteger(low);
  };
};

/** Text as ClickHouse prints it, in UTC, or epoch milliseconds. The last one is kept, too. */
const writeInstants = (): WriteCell => {
  let text: string | undefined;
  let instant = 0;
  return (cell, sink) => {
    if (typeof cell === 'string' && cell !== text) {
      instant = Date.parse(`${cell.replace(' ', 'T')}Z`);
      text = cell;
    }
    const at = typeof cell === 'string' ? instant : cell;
    if (typeof at !== 'number' || !Number.isSafeInteger(at)) throw unfit(cell, 'DateTime64');
    sink.integer(at, 8);
  };
};

const nullable = (inner: ColumnType): ColumnType => ({
  written: `Nullable(${inner.written})`,
  write: (cell, sink) => {
    const missing = cell === null || (typeof cell === 'number' && !Number.isFinite(cell));
    sink.byte(missing ? 1 : 0);
    if (!missing) inner.write(cell, sink);
  },
});

const array = (inner: ColumnType): ColumnType => ({
  written: `Array(${inner.written})`,
  write: (cell, sink) => {
    if (!Array.isArray(cell)) throw unfit(cell, 'Array');
    const cells: readonly Cell[] = cell;
    sink.count(cells.length);
    for (const one of cells) inner.write(one, sink);
  },
});

const tuple = (inner: readonly ColumnType[]): ColumnType => ({
  written: `Tuple(${inner.map(({ written }) => written).join(', ')})`,
  write: (cell, sink) => {
    if (!Array.isArray(cell) || cell.length !== inner.length) throw unfit(cell, `Tuple of ${inner.length}`);
    const cells: readonly Cell[] = cell;
    for (const [index, { write }] of inner.entries()) write(cells[index] ?? null, sink);
  },
});

const map = (key: ColumnType, value: ColumnType): ColumnType => ({
  written: `Map(${key.written}, ${value.written})`,
  write: (cell, sink) => {
    if (typeof cell !== 'object' || cell === null || Array.isArray(cell)) throw unfit(cell, 'Map');
    const entries: readonly (readonly [string, Cell])[] = Object.entries(cell);
    sink.count(entries.length);
    for (const [name, one] of entries) {
      key.write(name, sink);
      value.write(one, sink);
    }
  },
});

const PLAIN: Readonly<Record<string, WriteCell>> = {
  UInt8: unsigned(1),
  UInt16: unsigned(2),
  UInt32: unsigned(4),
  UInt64: unsigned(8),
  Int8: signed(1),
  Int16: signed(2),
  Int32: signed(4),
  Int64: signed(8),
  Float64: writeFloat64,
  Bool: writeBool,
  String: writeText,
};

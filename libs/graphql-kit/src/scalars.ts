import { GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { type Instant, type Position, formatPosition, instant, isoOf, parsePosition } from '#libs/kernel';
import { EdgeError } from './errors.js';

const bad = (message: string, cause?: unknown): EdgeError => new EdgeError('BAD_USER_INPUT', message, 400, { cause });

const textOf = (value: unknown, scalar: string): string => {
  if (typeof value !== 'string') throw bad(`${scalar} is written as text`);
  return value;
};

const literalText = (node: ValueNode, scalar: string): string => {
  if (node.kind !== Kind.STRING && node.kind !== Kind.INT) throw bad(`${scalar} is written as text`);
  return node.value;
};

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

const parseDateTime = (text: string): Instant => {
  const at = ISO.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isInteger(at)) throw bad('DateTime is ISO 8601 with an offset, such as 2026-11-23T18:00:00Z');
  return instant(at);
};

const parseEventPosition = (text: string): Position => {
  try {
    return parsePosition(text);
  } catch (cause) {
    throw bad('EventPosition is a position as returned before, such as 42', cause);
  }
};

const parseBigInt = (text: string): bigint => {
  if (!/^-?\d{1,100}$/.test(text)) throw bad('BigInt is a whole number as decimal text');
  return BigInt(text);
};

/** `Instant` inside, ISO 8601 in UTC outside. */
export const dateTimeScalar = new GraphQLScalarType<Instant, string>({
  name: 'DateTime',
  serialize: (value) => {
    if (typeof value !== 'number') throw new TypeError('DateTime requires an Instant');
    return isoOf(instant(value));
  },
  parseValue: (value) => parseDateTime(textOf(value, 'DateTime')),
  parseLiteral: (node) => parseDateTime(literalText(node, 'DateTime')),
});

const isPosition = (value: unknown): value is Position =>
  typeof value === 'object' &&
  value !== null &&
  'commit' in value &&
  typeof value.commit === 'bigint' &&
  'prepare' in value &&
  typeof value.prepare === 'bigint';

/** `Position` inside, its text outside. */
export const eventPositionScalar = new GraphQLScalarType<Position, string>({
  name: 'EventPosition',
  serialize: (value) => {
    if (!isPosition(value)) throw new TypeError('EventPosition requires a Position');
    return formatPosition(value);
  },
  parseValue: (value) => parseEventPosition(textOf(value, 'EventPosition')),
  parseLiteral: (node) => parseEventPosition(literalText(node, 'EventPosition')),
});

/** `bigint` inside (safe integers are taken too), decimal text outside. */
export const bigIntScalar = new GraphQLScalarType<bigint, string>({
  name: 'BigInt',
  serialize: (value) => {
    if (typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))) return value.toString();
    throw new TypeError('BigInt requires a bigint or a safe integer');
  },
  parseValue: (value) => parseBigInt(typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : textOf(value, 'BigInt')),
  parseLiteral: (node) => parseBigInt(literalText(node, 'BigInt')),
});

/** Any JSON value, passed through. */
const jsonScalar = new GraphQLScalarType({ name: 'JSON' });

/** Resolvers of the scalars of `kit.graphql`. */
export const scalarResolvers = {
  DateTime: dateTimeScalar,
  EventPosition: eventPositionScalar,
  BigInt: bigIntScalar,
  JSON: jsonScalar,
} as const;

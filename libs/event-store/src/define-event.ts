import { z } from 'zod';
import { type DomainEvent } from '#libs/kernel';

/** Turns the body of one version into the body of the next. Pure, sees one event, never does I/O. */
export type Upcaster = (old: unknown) => unknown;

/** What `defineEvent` needs to know about a fact besides its name. */
export type EventShape<Data> = {
  /** The version written today; starts at 1. */
  readonly version: number;
  /** Describes today's body. Unknown keys are refused on write and ignored on read, so keep it a plain (not strict) object. */
  readonly schema: z.ZodType<Data>;
  /** `upcasters[n]` lifts version n to n + 1; one for every version below the current one. */
  readonly upcasters?: Readonly<Record<number, Upcaster>>;
  /**
   * Replaces the schema when reading. For large columnar bodies whose digest already proves what was written:
   * walking every value of every batch through a schema would dominate a rebuild.
   */
  readonly read?: (data: unknown) => Data;
};

/** A fact of the log: its name, its version, how it is checked, made and read. */
export type EventDefinition<Type extends string = string, Data = unknown> = {
  readonly type: Type;
  readonly version: number;
  readonly schema: z.ZodType<Data>;
  /** The event as a value. Not validated here: the codec validates when it is written. */
  make(data: Data): DomainEvent<Type, Data>;
  /**
   * The body of a stored event of any released version as today's data.
   * @throws ZodError or what `read` throws when the body does not fit
   */
  read(body: unknown, storedVersion: number): Data;
  /** What is wrong with data about to be written, in words; undefined when it may be written. */
  problem(data: unknown): string | undefined;
};

/** The event type of a definition: `type ModelRegistered = EventOf<typeof ModelRegistered>`. */
export type EventOf<Definition> = Definition extends EventDefinition<infer Type, infer Data> ? DomainEvent<Type, Data> : never;

/**
 * Defines a fact once: name, version, schema, and how older versions become the current one.
 * @throws TypeError when the version, the schema or the chain of upcasters cannot work
 */
export const defineEvent = <const Type extends string, Data>(type: Type, shape: EventShape<Data>): EventDefinition<Type, Data> => {
  const { version, schema, upcasters = {} } = shape;
  checkShape(type, version, schema, upcasters);
  const parse = shape.read ?? ((data: unknown): Data => schema.parse(data));
  return {
    type,
    version,
    schema,
    make: (data) => ({ type, data }),
    read: (body, storedVersion) => {
      let data = body;
      for (let from = storedVersion; from < version; from += 1) data = upcasters[from]?.(data);
      return parse(data);
    },
    problem: (data) => problemOf(schema, data),
  };
};

const checkShape = (type: string, version: number, schema: z.ZodType, upcasters: Readonly<Record<number, Upcaster>>): void => {
  if (!/^[A-Z][A-Za-z0-9]{2,99}$/.test(type))
    throw new TypeError(`defineEvent requires a name such as ModelVersionRetired, got ${JSON.stringify(type)}`);
  if (!Number.isInteger(version) || version < 1) throw new TypeError(`${type}: a version is a whole number from 1, got ${version}`);
  for (let from = 1; from < version; from += 1) {
    if (!upcasters[from]) throw new TypeError(`${type}: version ${version} needs an upcaster from version ${from}`);
  }
  for (const from of Object.keys(upcasters)) {
    if (Number(from) >= version) throw new TypeError(`${type}: an upcaster from version ${from} leads past version ${version}`);
  }
  if (schema instanceof z.ZodObject && schema.def.catchall instanceof z.ZodNever) {
    throw new TypeError(`${type}: a strict schema could not read an event that a newer release gave another field`);
  }
};

const problemOf = (schema: z.ZodType, data: unknown): string | undefined => {
  const parsed = schema.safeParse(data);
  if (!parsed.success) return z.prettifyError(parsed.error);
  const unknownKey = keyNotIn(data, parsed.data, '');
  return unknownKey === undefined ? undefined : `unknown key ${unknownKey}`;
};

/** Schemas drop what they do not know; a key that was given and did not survive is one nobody declared. */
const keyNotIn = (given: unknown, known: unknown, path: string): string | undefined => {
  if (typeof given !== 'object' || given === null) return undefined;
  if (typeof known !== 'object' || known === null) return undefined;
  const kept = new Map<string, unknown>(Object.entries(known));
  for (const [key, value] of Object.entries(given)) {
    const at = path === '' ? key : `${path}.${key}`;
    if (!kept.has(key)) {
      if (value === undefined) continue;
      return at;
    }
    const deeper = keyNotIn(value, kept.get(key), at);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
};

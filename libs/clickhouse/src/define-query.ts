import { z } from 'zod';
import { type Instant, instant } from '#libs/kernel';

/** A row as ClickHouse sends it: 64-bit integers as decimal text, NaN and infinities as null. */
export type RawRow = Readonly<Record<string, unknown>>;

/** A named question to the read model. Made by {@link defineQuery}; the type parameters are what the caller passes and gets. */
export type DefinedQuery<P, R> = {
  readonly name: string;
  readonly purpose: string;
  readonly sql: string;
  readonly timeoutSeconds: number;
  readonly settings: Readonly<Record<string, number>>;
  /** Checks the parameters and gives what is bound to `{name:Type}`. */
  readonly bind: (params: P) => Readonly<Record<string, unknown>>;
  readonly read: (rows: readonly RawRow[]) => readonly R[];
};

type Definition<Params extends z.ZodObject, RowOf extends z.ZodType> = {
  readonly name: string;
  /** One sentence: what the answer is used for. It ends up in documentation and in reviews of slow queries. */
  readonly purpose: string;
  /** Fixed text. Values come in as `{name:Type}` only; the text ends before FORMAT and SETTINGS. */
  readonly sql: string;
  readonly params: Params;
  readonly row: RowOf;
  /** Limit on the server, 30 seconds unless said otherwise. */
  readonly timeoutSeconds?: number;
  /** Further ClickHouse settings of this query. */
  readonly settings?: Readonly<Record<string, number>>;
  /**
   * For results of many thousand rows: reads a row without checking it. The first row of a result is still checked by `row`,
   * which catches a query and a reader that no longer belong together.
   */
  readonly trusted?: (row: RawRow) => z.output<RowOf>;
};

const NAME = /^[A-Z][A-Za-z0-9]*$/;

/**
 * Defines a query: text, purpose, types of parameters and rows in one place.
 *
 * @throws TypeError when the definition is no fixed text with a name; at import, so that no process starts with it
 * @example defineQuery({ name: 'DeploymentCount', purpose: 'overview page', sql: 'SELECT count() AS n FROM driftledger.t', params: z.object({}), row: z.object({ n: UInt64 }) })
 */
export const defineQuery = <Params extends z.ZodObject, RowOf extends z.ZodType>(
  definition: Definition<Params, RowOf>,
): DefinedQuery<z.input<Params>, z.output<RowOf>> => {
  const { name, purpose, sql, params, row, trusted } = definition;
  if (!NAME.test(name)) throw new TypeError(`a query is named in PascalCase, got ${JSON.stringify(name)}`);
  if (sql.includes('${')) throw new TypeError(`${name}: values enter a query as {name:Type}, never as text`);
  if (/\b(FORMAT|SETTINGS)\s+\w+[^)]*$/i.test(lastLine(sql)))
    throw new TypeError(`${name}: FORMAT and SETTINGS are added when the query runs`);
  const check = z.array(row);
  const readTrusted = (rows: readonly RawRow[]): readonly z.output<RowOf>[] => {
    if (!trusted) return check.parse(rows);
    check.parse(rows.slice(0, 1));
    return rows.map(trusted);
  };
  return {
    name,
    purpose,
    sql,
    timeoutSeconds: definition.timeoutSeconds ?? 30,
    settings: definition.settings ?? {},
    bind: (values) => params.parse(values),
    read: readTrusted,
  };
};

const lastLine = (sql: string): string => sql.trimEnd().split('\n').at(-1) ?? '';

/** A 64-bit integer column, exact: `bigint`. */
export const UInt64 = z
  .string()
  .regex(/^-?\d{1,20}$/)
  .transform((digits) => BigInt(digits));

/** A 64-bit integer column that counts things and therefore stays below 2^53: `number`. */
export const Count = z
  .string()
  .regex(/^\d{1,20}$/)
  .transform(Number)
  .refine(Number.isSafeInteger, 'count above 2^53');

/** A `DateTime64(3,'UTC')` column as `Instant`. */
export const InstantFromClickHouse = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{3})?$/)
  .transform((text): Instant => instant(Date.parse(`${text.replace(' ', 'T')}Z`)));

/** An `Instant` as ClickHouse reads it, for cells and for parameters of type `DateTime64(3,'UTC')`. Years 1900 to 2299. */
export const dateTimeOf = (at: Instant): string => new Date(at).toISOString().slice(0, 23).replace('T', ' ');

/** A parameter of type `DateTime64(3,'UTC')`: epoch milliseconds in, the zone is in the type. */
export const InstantParam = z
  .int()
  .min(-2208988800000)
  .max(10413791999999)
  .transform((at) => dateTimeOf(instant(at)));

/** A parameter of type `UInt64` or `Int64`. */
export const BigIntParam = z
  .bigint()
  .min(-(2n ** 63n))
  .max(2n ** 64n - 1n)
  .transform(String);

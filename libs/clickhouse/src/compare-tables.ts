import { z } from 'zod';
import { Count, UInt64, defineQuery } from './define-query.js';
import { type ClickHouse } from './port.js';

/** A table, with its database. */
export type TableName = { readonly database: string; readonly table: string };

/** A row that one side has more often than the other. `surplus` is positive for the left side. */
export type Difference = { readonly row: string; readonly surplus: number };
export type Comparison = {
  readonly equal: boolean;
  readonly rows: readonly [left: number, right: number];
  readonly differences: readonly Difference[];
};

// `final` reads replacing and aggregating tables as if their merges were done, and means nothing to other tables. A row is compared as
// JSON text, in which a double has the shortest form that reads back to the same bits.
const SETTINGS = { final: 1, output_format_json_quote_denormals: 1, output_format_json_quote_64bit_integers: 1 };

const TableDigest = defineQuery({
  name: 'TableDigest',
  purpose: 'whether two tables hold the same rows, without comparing them one by one',
  sql: `SELECT count() AS rows, sum(cityHash64(row)) AS first, sum(sipHash64(row)) AS second
FROM (SELECT formatRowNoNewline('JSONCompactEachRow', *) AS row FROM {database:Identifier}.{table:Identifier})`,
  params: z.object({ database: z.string(), table: z.string() }),
  row: z.object({ rows: Count, first: UInt64, second: UInt64 }),
  timeoutSeconds: 600,
  settings: SETTINGS,
});

const TableDifferences = defineQuery({
  name: 'TableDifferences',
  purpose: 'examples of the rows in which two tables differ',
  sql: `SELECT row, toInt32(sum(side)) AS surplus
FROM
(
    SELECT formatRowNoNewline('JSONCompactEachRow', *) AS row, 1 AS side FROM {leftDatabase:Identifier}.{leftTable:Identifier}
    UNION ALL
    SELECT formatRowNoNewline('JSONCompactEachRow', *) AS row, -1 AS side FROM {rightDatabase:Identifier}.{rightTable:Identifier}
)
GROUP BY row HAVING surplus != 0 ORDER BY row LIMIT {limit:UInt32}`,
  params: z.object({ leftDatabase: z.string(), leftTable: z.string(), rightDatabase: z.string(), rightTable: z.string(), limit: z.int() }),
  row: z.object({ row: z.string(), surplus: z.number() }),
  timeoutSeconds: 600,
  settings: SETTINGS,
});

/** Compares two tables of the same columns row for row, in any order, merges done. Examples are given of at most 20 differences. */
export const compareTables = async (clickHouse: ClickHouse, left: TableName, right: TableName): Promise<Comparison> => {
  const [[one], [other]] = await Promise.all([clickHouse.query(TableDigest, left), clickHouse.query(TableDigest, right)]);
  if (!one || !other) throw new Error('a digest of a table is one row');
  const equal = one.rows === other.rows && one.first === other.first && one.second === other.second;
  const sides = { leftDatabase: left.database, leftTable: left.table, rightDatabase: right.database, rightTable: right.table };
  const differences = equal ? [] : await clickHouse.query(TableDifferences, { ...sides, limit: 20 });
  return { equal, rows: [one.rows, other.rows], differences };
};

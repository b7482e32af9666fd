import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type ClickHouse, type DefinedQuery, migrate } from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';

/** How a query reads one table, by the engine's own plan. */
export type TableRead = {
  readonly table: string;
  /** Granules that are left when the keys and indexes have been looked at, and all there are. */
  readonly granules: number;
  readonly of: number;
  /** Whether rows are read in the order of the answer, so that a limit ends the reading after a granule or two of each part. */
  readonly inOrder: boolean;
};

const PARTS = 4;
const explained = z.array(z.object({ explain: z.string() }));

/** What `EXPLAIN indexes = 1` says of a query with these parameters: one entry per table that is read. */
export const readsOf = async <P, R>(clickHouse: ClickHouse, query: DefinedQuery<P, R>, params: P): Promise<readonly TableRead[]> => {
  const plan: DefinedQuery<P, string> = {
    ...query,
    sql: 'EXPLAIN indexes = 1\n'.concat(query.sql),
    read: (rows) => explained.parse(rows).map(({ explain }) => explain),
  };
  const lines = await clickHouse.query(plan, params);
  const [, ...reads] = lines.join('\n').split('ReadFromMergeTree (');
  return reads.map((text) => {
    const counts = [...text.matchAll(/Granules: (\d+)\/(\d+)/g)].map(([, left, all]) => [Number(left), Number(all)] as const);
    const [first, last] = [counts[0], counts.at(-1)];
    if (!first || !last) throw new Error(`the plan does not say how many granules are read:\n${text}`);
    const inOrder = /Read type: In(Reverse)?Order/.test(text);
    return { table: text.slice(0, text.indexOf(')')), granules: last[0], of: first[1], inOrder };
  });
};

/** A migrated read model in a directory of its own, in which parts stay as they were inserted. */
export class SeededReadModel {
  private readonly directory = mkdtempSync(join(tmpdir(), 'pruning-'));
  readonly clickHouse = openChdb({ path: this.directory });

  async migrate(): Promise<void> {
    await migrate(this.clickHouse);
  }

  /** Rows from expressions over `number`, in four parts that each hold every value: what pruning has to cope with between two merges. */
  async fill(table: string, rows: number, columns: Readonly<Record<string, string>>): Promise<void> {
    await this.clickHouse.command(`SYSTEM STOP MERGES ${table}`);
    const [names, expressions] = [Object.keys(columns).join(', '), Object.values(columns).join(', ')];
    for (let part = 0; part < PARTS; part += 1)
      await this.clickHouse.command(
        `INSERT INTO ${table} (${names}) SELECT ${expressions} FROM numbers(${rows}) WHERE number % ${PARTS} = ${part}
         SETTINGS max_insert_block_size = 10000000, min_insert_block_size_rows = 10000000`,
      );
  }

  async close(): Promise<void> {
    await this.clickHouse.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** The id of a thing by its number, as an expression of SQL and as text. */
export const idSql = (number: string): string => `toUUID(concat('00000000-0000-4000-8000-', leftPad(toString(${number}), 12, '0')))`;
export const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

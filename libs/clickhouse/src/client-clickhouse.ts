import { z } from 'zod';
import { defineQuery, type DefinedQuery, type RawRow } from './define-query.js';
import { ClickHouseError, clickHouseError, tooManyQueries } from './errors.js';
import { type SendInsert } from './insert.js';
import { type Lane } from './lane.js';
import { ClickHouse, type Column, type CommandOptions, type CommandParams, type InsertBlock, type QueryContext } from './port.js';
import { rowBinary, type TableLayout, tableLayout } from './row-binary.js';
import { inProcess, type Transport } from './statement.js';
import { insertStatement, queryStatement } from './statements.js';

/** The connections behind one ClickHouse. */
export type Lanes = {
  /** Commands run on the first one, in order; inserts on the least busy one. */
  readonly writers: readonly [Lane, ...Lane[]];
  /** The least busy one is asked. */
  readonly readers: readonly [Lane, ...Lane[]];
  /** Queries that may run and wait on one reader. Beyond it callers hear at once that they have to come again, instead of waiting for minutes. */
  readonly queriesMax: number;
  /** The engine is inside this process unless said otherwise. */
  readonly transport?: Transport;
  readonly sendInsert: SendInsert;
  /** Whether an aborted query stops on the engine. Where it does not, aborting only keeps it from starting. */
  readonly interruptible: boolean;
  /** See `ClickHouse.cluster`. */
  readonly cluster?: string;
};

/** The columns a table has, for writing their values. */
const TableColumns = defineQuery({
  name: 'TableColumns',
  purpose: 'types of the columns that rows are written for',
  sql: "SELECT name, type FROM system.columns WHERE database = {database:String} AND table = {table:String} AND default_kind IN ('', 'DEFAULT')",
  params: z.object({ database: z.string(), table: z.string() }),
  row: z.object({ name: z.string(), type: z.string() }),
});

/**
 * ClickHouse behind one or several `@clickhouse/client` clients, whatever stands behind those.
 *
 * Settings travel in the text of a statement: as `clickhouse_settings` they would stay on a session of the embedded engine and change
 * later statements.
 */
export class ClientClickHouse extends ClickHouse {
  override readonly cluster: string | undefined;
  private readonly running = new Set<Promise<unknown>>();
  /** Layouts of tables seen, asked again after an insert failed: a table may have been altered. */
  private readonly layouts = new Map<string, TableLayout>();
  private turn = 0;
  private closing: Promise<void> | undefined;
  private readonly transport: Transport;

  constructor(private readonly lanes: Lanes) {
    super();
    this.cluster = lanes.cluster;
    this.transport = lanes.transport ?? inProcess;
  }

  async query<P, R>(query: DefinedQuery<P, R>, params: P, context: QueryContext = {}): Promise<readonly R[]> {
    const bound = query.bind(params);
    context.signal?.throwIfAborted();
    const statement = {
      text: queryStatement(query, context),
      params: { ...bound },
      timeoutSeconds: context.timeoutSeconds ?? query.timeoutSeconds,
      signal: this.lanes.interruptible ? context.signal : undefined,
    };
    const rows = await this.track(query.name, async () =>
      this.nextReader(query.name).run(async (client) => rowsOf(await this.transport.ask(client, statement))),
    );
    return query.read(rows);
  }

  async command(sql: string, params: CommandParams = {}, { timeoutSeconds }: CommandOptions = {}): Promise<void> {
    const what = /^(?!\s*--)\s*(\S.{0,79})/m.exec(sql)?.[1] ?? 'command';
    const statement = { text: sql, params: { ...params }, timeoutSeconds };
    await this.track(what, () => this.lanes.writers[0].run((client) => this.transport.run(client, statement)));
  }

  async insert(block: InsertBlock): Promise<void> {
    const { table, columns, rows } = block;
    if ('body' in rows ? rows.count === 0 : rows.length === 0) return;
    const statement = insertStatement(block);
    await this.track(`insert into ${table}`, async () => {
      try {
        const encoded = 'body' in rows ? rows : rowBinary(table, await this.layoutOf(table), columns, rows);
        const insert = { ...statement, ...encoded, columns, fence: block.fence };
        await leastBusy(this.lanes.writers, this.lanes.writers[0]).run((client) => this.lanes.sendInsert(client, insert));
      } catch (error) {
        this.layouts.delete(table);
        throw error;
      }
    });
  }

  close(): Promise<void> {
    this.closing ??= this.drain();
    return this.closing;
  }

  private async drain(): Promise<void> {
    await Promise.allSettled(this.running);
    await Promise.all([...new Set([...this.lanes.writers, ...this.lanes.readers])].map((lane) => lane.close()));
  }

  private nextReader(query: string): Lane {
    const { readers, queriesMax } = this.lanes;
    // Starting one further each time spreads the load where all are equally busy.
    this.turn = (this.turn + 1) % readers.length;
    const reader = leastBusy(readers, readers[this.turn] ?? readers[0]);
    if (reader.load() >= queriesMax) throw tooManyQueries(query);
    return reader;
  }

  async columns(name: string): Promise<readonly Column[]> {
    const [database = '', table = ''] = name.split('.');
    const columns = await this.query(TableColumns, { database, table });
    if (columns.length === 0) throw new ClickHouseError(`there is no table ${name}`, '60', 'UNKNOWN_TABLE', false);
    return columns;
  }

  private async layoutOf(name: string): Promise<TableLayout> {
    const known = this.layouts.get(name);
    if (known) return known;
    const layout = tableLayout(await this.columns(name));
    this.layouts.set(name, layout);
    return layout;
  }

  private async track<T>(what: string, run: () => Promise<T>): Promise<T> {
    if (this.closing) throw new ClickHouseError(`${what}: ClickHouse is closed`, 'CLOSED', 'CLOSED', false);
    const running = run();
    this.running.add(running);
    try {
      return await running;
    } catch (error) {
      throw clickHouseError(what, error);
    } finally {
      this.running.delete(running);
    }
  }
}

const leastBusy = (lanes: readonly Lane[], first: Lane): Lane =>
  lanes.reduce((best, lane) => (lane.load() < best.load() ? lane : best), first);

/** The result is an array of objects; what is in them is checked by the query's own schema. */
const rowsOf = (rows: unknown): readonly RawRow[] => {
  if (!Array.isArray(rows)) throw new TypeError('ClickHouse answered something else than an array of rows');
  return rows as RawRow[];
};

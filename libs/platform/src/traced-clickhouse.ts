import { ClickHouse, type Column, type CommandParams, type DefinedQuery, type InsertBlock, type QueryContext } from '#libs/clickhouse';
import { type Tracing } from '#libs/observability';

/** A ClickHouse whose inserts are spans of the traces that their rows come from. */
export class TracedClickHouse extends ClickHouse {
  override readonly cluster: string | undefined;

  constructor(
    private readonly clickHouse: ClickHouse,
    private readonly tracing: Tracing,
  ) {
    super();
    this.cluster = clickHouse.cluster;
  }

  override query<P, R>(query: DefinedQuery<P, R>, params: P, context?: QueryContext): Promise<readonly R[]> {
    return this.clickHouse.query(query, params, context);
  }

  override command(sql: string, params?: CommandParams, options?: Parameters<ClickHouse['command']>[2]): Promise<void> {
    return this.clickHouse.command(sql, params, options);
  }

  override insert(block: InsertBlock): Promise<void> {
    const { table, rows } = block;
    const values = {
      'db.system.name': 'clickhouse',
      'db.collection.name': table,
      'driftledger.rows': 'count' in rows ? rows.count : rows.length,
    };
    return this.tracing.during('insert', { kind: 'client', values, causes: [] }, () => this.clickHouse.insert(block));
  }

  override columns(table: string): Promise<readonly Column[]> {
    return this.clickHouse.columns(table);
  }

  override close(): Promise<void> {
    return this.clickHouse.close();
  }
}

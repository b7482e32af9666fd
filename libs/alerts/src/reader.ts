import { Injectable } from '@nestjs/common';
import { ClickHouse } from '#libs/clickhouse';
import { type GraphqlContext, requestLoader } from '#libs/graphql-kit';
import { Clock, type Uuid } from '#libs/kernel';
import { alertNode, type AlertNode } from './nodes.js';
import { type AlertRow, AlertsById } from './queries.js';

/** Alerts that are known by id, for GraphQL: many of a request are read together. */
@Injectable()
export class AlertReader {
  private readonly byId = requestLoader((ids: readonly Uuid[]) => this.read(ids));

  constructor(
    private readonly clickHouse: ClickHouse,
    private readonly clock: Clock,
  ) {}

  rows(ids: readonly string[]): Promise<readonly AlertRow[]> {
    return this.clickHouse.query(AlertsById, { ids: [...ids] });
  }

  /** In the order of the ids, `undefined` where there is none. */
  async read(ids: readonly Uuid[]): Promise<readonly (AlertNode | undefined)[]> {
    const now = this.clock.now();
    const nodes = new Map((await this.rows(ids)).map((row) => [row.episodeId, alertNode(row, now)]));
    return ids.map((id) => nodes.get(id));
  }

  load(context: GraphqlContext, id: Uuid): Promise<AlertNode | undefined> {
    return this.byId.load(context, id);
  }
}

import { Injectable } from '@nestjs/common';
import { ClickHouse } from '#libs/clickhouse';
import { ChangeSignal } from '#libs/graphql-kit';
import { type Position } from '#libs/kernel';
import { deploymentNode, type DeploymentNode } from './nodes.js';
import { type DeploymentRow, DeploymentsById, DeploymentSchemas, DeploymentsHead, type SchemaRow } from './queries.js';

/** Reads deployments for GraphQL. The process fires `changed` whenever the projection of deployments has moved. */
@Injectable()
export class DeploymentReader {
  readonly changed = new ChangeSignal();

  constructor(private readonly clickHouse: ClickHouse) {}

  /** In the order of the ids, `undefined` where there is none. */
  async read(ids: readonly string[]): Promise<readonly (DeploymentNode | undefined)[]> {
    const rows = await this.clickHouse.query(DeploymentsById, { ids: [...ids] });
    const nodes = new Map((await this.withSchemas(rows)).map((node) => [node.deploymentId, node]));
    return ids.map((id) => nodes.get(id));
  }

  /** In the order of the rows. */
  async withSchemas(rows: readonly DeploymentRow[]): Promise<readonly DeploymentNode[]> {
    if (rows.length === 0) return [];
    const schemas = await this.clickHouse.query(DeploymentSchemas, { ids: rows.map(({ deploymentId }) => deploymentId) });
    const byDeployment = new Map<string, SchemaRow[]>(rows.map(({ deploymentId }) => [deploymentId, []]));
    for (const schema of schemas) byDeployment.get(schema.deploymentId)?.push(schema);
    return rows.map((row) => deploymentNode(row, byDeployment.get(row.deploymentId) ?? []));
  }

  /** Waits until a command can be read; false when it takes longer. */
  async reached(position: Position, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const done = (reached: boolean): void => {
        clearTimeout(timer);
        unlisten();
        resolve(reached);
      };
      const look = (): void => {
        this.clickHouse.query(DeploymentsHead, {}).then(([row]) => {
          if (row && row.head >= position.commit) done(true);
        }, reject);
      };
      const timer = setTimeout(() => done(false), timeoutMs);
      const unlisten = this.changed.listen(look);
      look();
    });
  }
}

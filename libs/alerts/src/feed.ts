import { Injectable } from '@nestjs/common';
import { ClickHouse } from '#libs/clickhouse';
import { ChangeSignal, type FeedSource } from '#libs/graphql-kit';
import { comparePositions, type Position, positionOf } from '#libs/kernel';
import { AlertChanges, type AlertChangeRow, AlertsHead } from './queries.js';

/** A change with its place in the log. */
export type AlertChangeItem = { readonly position: Position; readonly row: AlertChangeRow };

/** Changes of alerts as they become readable. The process fires `changed` whenever the projection of alerts has moved. */
@Injectable()
export class AlertsFeed implements FeedSource<AlertChangeItem> {
  readonly changed = new ChangeSignal();

  constructor(private readonly clickHouse: ClickHouse) {}

  async readFrom(after: Position | undefined, limit: number): Promise<readonly AlertChangeItem[]> {
    const rows = await this.clickHouse.query(AlertChanges, { after: after?.commit ?? 0n, limit });
    return rows.map((row) => ({ position: positionOf(row.position), row }));
  }

  async head(): Promise<Position | undefined> {
    const [row] = await this.clickHouse.query(AlertsHead, {});
    return row && row.head > 0n ? positionOf(row.head) : undefined;
  }

  /** Waits until a change can be read, for those who read their own write. False when it takes longer. */
  async reached(position: Position, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const done = (reached: boolean): void => {
        clearTimeout(timer);
        unlisten();
        resolve(reached);
      };
      const look = (): void => {
        this.head().then((head) => {
          if (head && comparePositions(head, position) >= 0) done(true);
        }, reject);
      };
      const timer = setTimeout(() => done(false), timeoutMs);
      const unlisten = this.changed.listen(look);
      look();
    });
  }
}

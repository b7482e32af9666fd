import { Injectable } from '@nestjs/common';
import { ClickHouse } from '#libs/clickhouse';
import { ChangeSignal, type FeedSource } from '#libs/graphql-kit';
import { comparePositions, type Position, positionOf } from '#libs/kernel';
import { type MeasurementRow, MeasurementsAfter, MonitoringHead } from './queries.js';

/** A measured subject, or a skipped window, with its place in the log. */
export type MeasurementItem = { readonly position: Position; readonly row: MeasurementRow };

const bySubject = (a: MeasurementItem, b: MeasurementItem): number =>
  comparePositions(a.position, b.position) || (a.row.subject < b.row.subject ? -1 : 1);

/** Measurements as they become readable. The process fires `changed` whenever the projection of monitoring has moved. */
@Injectable()
export class MonitoringFeed implements FeedSource<MeasurementItem> {
  readonly changed = new ChangeSignal();

  constructor(private readonly clickHouse: ClickHouse) {}

  async readFrom(after: Position | undefined, limit: number): Promise<readonly MeasurementItem[]> {
    const rows = await this.clickHouse.query(MeasurementsAfter, { after: after?.commit ?? 0n, limit });
    return rows.map((row) => ({ position: positionOf(row.position), row })).sort(bySubject);
  }

  async head(): Promise<Position | undefined> {
    const [row] = await this.clickHouse.query(MonitoringHead, {});
    return row && row.head > 0n ? positionOf(row.head) : undefined;
  }

  /** Waits until a write can be read, for those who read their own. False when it takes longer. */
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

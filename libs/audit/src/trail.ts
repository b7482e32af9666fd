import { Injectable } from '@nestjs/common';
import { ClickHouse } from '#libs/clickhouse';
import { type Instant, type Position, type Uuid, positionOf } from '#libs/kernel';
import { type AuditClass, type Change, isOneOfMany } from './described.js';
import { against, changesOf } from './changes.js';
import { AuditEntriesById, AuditFeed, AuditHead, type AuditRow, AuditTrail, DeploymentsOfModel, EarlierChanges } from './queries.js';

/** What restricts a trail. Absent: no restriction. */
export type AuditFilter = {
  readonly model?: string;
  readonly deploymentId?: Uuid;
  readonly monitorId?: Uuid;
  readonly subject?: string;
  readonly actorId?: Uuid;
  readonly class?: AuditClass;
  readonly type?: string;
  readonly correlationId?: Uuid;
  /** Inclusive. */
  readonly from?: Instant;
  /** Exclusive. */
  readonly until?: Instant;
  /** Entries of the intake and of reads are many and left out unless asked for, by this or by their class. */
  readonly includeIntake?: boolean;
};

type Section = 0 | 1;

const NEWEST = 2n ** 64n - 1n;
/** The log takes no event before 1970, and its read model none after 2299; who asks beyond that means everything there is. */
const LAST_INSTANT = 10_413_791_999_999;
const withinLog = (at: number): number => Math.min(Math.max(at, 0), LAST_INSTANT);

const sectionsOf = (filter: AuditFilter): readonly Section[] => {
  if (filter.class && isOneOfMany(filter.class)) return [1];
  return filter.includeIntake ? [0, 1] : [0];
};

const byPosition = (a: AuditRow, b: AuditRow): number => (a.position < b.position ? -1 : Number(a.position > b.position));

/** Reads the audit trail. */
@Injectable()
export class AuditTrails {
  constructor(private readonly clickHouse: ClickHouse) {}

  /** Up to `limit` entries before a position (`undefined`: from the newest), newest first. */
  async page(filter: AuditFilter, before: Position | undefined, limit: number): Promise<readonly AuditRow[]> {
    const deployments = await this.deploymentsOf(filter);
    const wanted = sectionsOf(filter);
    const below = before?.commit ?? (wanted.length > 1 ? (await this.head()).commit + 1n : NEWEST);
    const { monitorId, subject, actorId, class: kind, type, correlationId, from, until } = filter;
    const ask = (intake: Section): Promise<readonly AuditRow[]> =>
      this.clickHouse.query(AuditTrail, {
        intake,
        before: below,
        anyDeployment: deployments === undefined,
        deployments: [...(deployments ?? [])],
        monitor: monitorId ?? null,
        subject: subject ?? null,
        actor: actorId ?? null,
        class: kind ?? null,
        type: type ?? null,
        values: [monitorId, subject, actorId, kind, type].filter((value) => value !== undefined),
        correlation: correlationId ?? null,
        from: withinLog(from ?? 0),
        until: withinLog(until ?? LAST_INSTANT),
        limit,
      });
    const sections = await Promise.all(wanted.map(ask));
    return sections.flat().sort(byPosition).reverse().slice(0, limit);
  }

  /** Up to `limit` entries after a position, in log order; with or without the intake. */
  async after(after: Position | undefined, limit: number, includeIntake: boolean): Promise<readonly AuditRow[]> {
    const ask = (intake: Section): Promise<readonly AuditRow[]> =>
      this.clickHouse.query(AuditFeed, { intake, after: after?.commit ?? 0n, limit });
    if (!includeIntake) return ask(0);
    const { commit: head } = await this.head();
    const sections = await Promise.all(([0, 1] as const).map(ask));
    return sections
      .flat()
      .filter(({ position }) => position <= head)
      .sort(byPosition)
      .slice(0, limit);
  }

  /**
   * Where the trail stands. Entries of the intake and all others are read by two queries: what is written between them would show an
   * entry without those before it, and a reader that goes on from there would never see them. So both are read up to the same head.
   */
  async head(): Promise<Position> {
    const [row] = await this.clickHouse.query(AuditHead, {});
    return positionOf(row?.head ?? 0n);
  }

  /** Entries of events, in the order of the ids. */
  async byId(ids: readonly Uuid[]): Promise<readonly (AuditRow | undefined)[]> {
    const rows = await this.clickHouse.query(AuditEntriesById, { ids: [...ids] });
    const found = new Map(rows.map((row) => [row.event_id.toLowerCase(), row]));
    return ids.map((id) => found.get(id));
  }

  /** What each entry changed; where an entry does not know the former value, it is looked up in the entries before it. */
  async changes(rows: readonly AuditRow[]): Promise<readonly (readonly Change[])[]> {
    const unknowing = rows.filter(({ type }) => type === 'MonitorRevised');
    const before = unknowing.reduce((last, { position }) => (position > last ? position : last), 0n);
    const monitors = [...new Set(unknowing.map(({ monitor_id: id }) => id))];
    const earlier = monitors.length === 0 ? [] : await this.clickHouse.query(EarlierChanges, { monitors, before });
    return rows.map((row) => {
      const changes = changesOf(row.changes);
      if (row.type !== 'MonitorRevised') return changes;
      const former = earlier.find(({ stream, position }) => stream === row.stream && position < row.position);
      return former ? against(changes, changesOf(former.changes)) : changes;
    });
  }

  /** Deployments a filter allows; undefined: any. */
  async deploymentsOf({ model, deploymentId }: AuditFilter): Promise<ReadonlySet<string> | undefined> {
    const one = deploymentId === undefined ? undefined : new Set<string>([deploymentId]);
    if (model === undefined) return one;
    const serving = (await this.clickHouse.query(DeploymentsOfModel, { model })).map(({ deployment_id: id }) => id);
    return new Set(serving.filter((id) => one?.has(id) ?? true));
  }
}

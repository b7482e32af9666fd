import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ClickHouse } from '#libs/clickhouse';
import { Deployments } from '#libs/deployments';
import { EventCodec, EventStore } from '#libs/event-store';
import { type GraphqlContext, requestLoader } from '#libs/graphql-kit';
import { instant, type Uuid, uuid } from '#libs/kernel';
import { JudgementRule } from './definition.js';
import { AsOf, Engine, Evidence, ReferenceUsed } from './measurement.js';
import { monitorStream } from './ids.js';
import { monitorNode, type MonitorNode } from './nodes.js';
import {
  DeploymentTraffic,
  LateArrivals,
  MeasurementHeads,
  type MeasurementRow,
  type MonitorRow,
  Monitors,
  MonitorsLate,
} from './queries.js';

/** What an event says about itself, of a measurement or of a skipped window. */
const Head = z.object({
  definitionVersion: z.int(),
  asOf: AsOf,
  reference: ReferenceUsed.optional(),
  evidence: Evidence.optional(),
  engine: Engine.optional(),
  rule: JudgementRule.optional(),
  subjectsJudged: z.int().optional(),
  unjudged: z.string().optional(),
});

type EventRef = { readonly monitorId: string; readonly eventId: string };
type KnownHead = { readonly provenance: object | undefined; readonly unjudged: string | undefined };
/** Rows and labels that are in no measurement, and for how many windows. */
export type TooLate = { readonly windows: number; readonly rows: number; readonly labels: number };
const NOTHING_LATE: TooLate = { windows: 0, rows: 0, labels: 0 };

/** Monitors and what stands behind measurements, for GraphQL: many of a request are read together. */
@Injectable()
export class MonitoringReader {
  private readonly monitors = requestLoader((ids: readonly Uuid[]) => this.read(ids));
  private readonly heads = requestLoader((keys: readonly string[]) => this.readHeads(keys));
  private readonly late = requestLoader((keys: readonly string[]) => this.readLate(keys));
  private readonly lateInAll = requestLoader((ids: readonly string[]) => this.readLateInAll(ids));

  private readonly deployments: Deployments;

  constructor(
    private readonly clickHouse: ClickHouse,
    private readonly store: EventStore,
    codec: EventCodec,
  ) {
    this.deployments = new Deployments(store, codec);
  }

  /** Mean predictions a day over the days with data; undefined when there is no such deployment. */
  async traffic(deploymentId: string): Promise<number | undefined> {
    if ((await this.deployments.stateOf(deploymentId)).status === 'unknown') return undefined;
    const [traffic] = await this.clickHouse.query(DeploymentTraffic, { deploymentId });
    return traffic && traffic.days > 0 ? traffic.predictions / traffic.days : 0;
  }

  /** Whether there is such a monitor, by its stream: what was just created counts. */
  async exists(monitorId: Uuid): Promise<boolean> {
    for await (const _ of this.store.readStream(monitorStream(monitorId), { limit: 1 })) return true;
    return false;
  }

  rows(ids: readonly string[]): Promise<readonly MonitorRow[]> {
    if (ids.length === 0) return Promise.resolve([]);
    return this.clickHouse.query(Monitors, { monitorIds: [...ids], deploymentId: null, afterName: '', limit: 1_000 });
  }

  /** In the order of the ids, `undefined` where there is none. */
  async read(ids: readonly Uuid[]): Promise<readonly (MonitorNode | undefined)[]> {
    const nodes = new Map((await this.rows(ids)).map((row) => [row.monitorId, monitorNode(row)]));
    return ids.map((id) => nodes.get(id));
  }

  monitor(context: GraphqlContext, monitorId: string): Promise<MonitorNode | undefined> {
    return this.monitors.load(context, uuid(monitorId));
  }

  /** What a measurement rests on; undefined for a skipped window. */
  async provenance(context: GraphqlContext, of: EventRef): Promise<object | undefined> {
    return (await this.heads.load(context, `${of.monitorId} ${of.eventId}`))?.provenance;
  }

  /** Why alerts got no verdict on a measurement; undefined when they did, or would have. */
  async unjudged(context: GraphqlContext, of: EventRef): Promise<string | undefined> {
    return (await this.heads.load(context, `${of.monitorId} ${of.eventId}`))?.unjudged;
  }

  /** What came too late for a measurement: rows, of performance labels. */
  async tooLate(context: GraphqlContext, { monitorId, kind, windowFrom, position }: MeasurementRow): Promise<number> {
    const counted = await this.late.load(context, `${monitorId} ${kind} ${windowFrom}`);
    return counted && counted.at > position ? counted.late : 0;
  }

  /** What came too late for all windows of a monitor. */
  async tooLateInAll(context: GraphqlContext, monitorId: string): Promise<TooLate> {
    return (await this.lateInAll.load(context, monitorId)) ?? NOTHING_LATE;
  }

  private async readLate(keys: readonly string[]): Promise<readonly ({ readonly late: number; readonly at: bigint } | undefined)[]> {
    const parts = keys.map((key) => key.split(' '));
    const monitorIds = [...new Set(parts.map(([monitorId = '']) => monitorId))];
    const windowFroms = [...new Set(parts.map(([, , from]) => Number(from)))];
    const rows = await this.clickHouse.query(LateArrivals, { monitorIds, windowFroms });
    const known = new Map(
      rows.map(({ monitorId, kind, windowFrom, late, countedAt }) => [`${monitorId} ${kind} ${windowFrom}`, { late, at: countedAt }]),
    );
    return keys.map((key) => known.get(key));
  }

  private async readLateInAll(ids: readonly string[]): Promise<readonly TooLate[]> {
    const rows = await this.clickHouse.query(MonitorsLate, { monitorIds: [...new Set(ids)] });
    return ids.map((id) => {
      const [drift, performance] = ['drift', 'performance'].map((kind) => rows.find((row) => row.monitorId === id && row.kind === kind));
      const windows = (drift?.windows ?? 0) + (performance?.windows ?? 0);
      return { windows, rows: drift?.late ?? 0, labels: performance?.late ?? 0 };
    });
  }

  private async readHeads(keys: readonly string[]): Promise<readonly (KnownHead | undefined)[]> {
    const pairs = keys.map((key) => key.split(' '));
    const ids = (at: number): string[] => [...new Set(pairs.map((pair) => pair[at] ?? ''))];
    const rows = await this.clickHouse.query(MeasurementHeads, { monitorIds: ids(0), eventIds: ids(1) });
    const byEvent = new Map(
      rows.map(({ eventId, head: text }) => {
        const head = Head.parse(JSON.parse(text));
        return [eventId, { provenance: provenanceNode(head), unjudged: head.unjudged }];
      }),
    );
    return pairs.map(([, eventId = '']) => byEvent.get(eventId));
  }
}

const provenanceNode = ({
  definitionVersion,
  asOf,
  reference,
  evidence,
  engine,
  rule,
  subjectsJudged,
}: z.output<typeof Head>): object | undefined =>
  evidence && {
    definitionVersion,
    referenceKind: reference?.kind ?? null,
    referenceWindows: (reference?.windows ?? []).map(({ from, until }) => ({ from: instant(from), until: instant(until) })),
    referenceDigest: reference?.digest ?? null,
    referenceBlindTo: reference?.blindTo ?? '',
    positionFrom: evidence.positionFrom,
    positionTo: evidence.positionTo,
    mode: evidence.mode,
    sha256: evidence.sha256,
    subjectsJudged: subjectsJudged ?? 0,
    watermark: instant(asOf.watermark),
    engine,
    rule,
  };

import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { alertsProjection } from '#libs/alerts/read';
import { auditProjection, auditSubscription } from '#libs/audit/read';
import { ClickHouse, IntentStore, type MigrationReport, migrate, projectionId, refuseRebuilt } from '#libs/clickhouse';
import { deploymentsProjection } from '#libs/deployments/read';
import { EventCodec, type Subscription } from '#libs/event-store';
import { ChangeSignal } from '#libs/graphql-kit';
import { processMeta } from '#libs/identity';
import { Clock } from '#libs/kernel';
import { type Lease, Leases } from '#libs/leases';
import { MessageBus } from '#libs/messaging';
import { monitoringProjection } from '#libs/monitoring/read';
import { Readiness } from '#libs/observability';
import { OperationsLog } from '#libs/operations';
import { LeasedRoles, ProgressNews, ProjectionHost, type RunnableProjection } from '#libs/platform';
import { predictionsProjection } from '#libs/predictions';

const PAUSE_MS = 2_000;
/** The program of the thread that makes their rows. */
const PREDICTIONS_ROWS = new URL('./predictions-rows.js', import.meta.url);

/** Runs the projections that no other process runs, and tells everybody how far they are. */
@Injectable()
export class Projections {
  private readonly logger = new Logger(Projections.name);
  private readonly news: ProgressNews;
  private readonly stopping = new AbortController();
  private starting: Promise<void> | undefined;
  private unready: string | undefined = 'not begun';

  constructor(
    @Inject(ProjectionHost) private readonly host: ProjectionHost,
    @Inject(LeasedRoles) private readonly roles: LeasedRoles,
    @Inject(Leases) private readonly leases: Leases,
    @Inject(ClickHouse) private readonly clickHouse: ClickHouse,
    @Inject(IntentStore) private readonly intents: IntentStore,
    @Inject(EventCodec) private readonly codec: EventCodec,
    @Inject(OperationsLog) private readonly operations: OperationsLog,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(MessageBus) bus: MessageBus,
    @Inject(Readiness) readiness: Readiness,
  ) {
    readiness.add('migrations', () => {
      if (this.unready !== undefined) throw new Error(this.unready);
    });
    const projections = this.all().map(({ projection }) => projection);
    this.news = new ProgressNews(projections, { host, bus, clock });
  }

  /** Servers that are away are waited for: until then no projection is run, and readiness says so. */
  start(): void {
    this.news.start();
    this.starting = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.starting;
    await this.roles.stop();
    this.news.stop();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.migrate(signal);
        this.unready = undefined;
        break;
      } catch (error) {
        if (signal.aborted) return;
        const why = error instanceof Error ? error.message : String(error);
        if (this.unready !== why) this.logger.error(`the read model cannot be brought up to date, which is tried again: ${why}`);
        this.unready = why;
        await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    }
    if (!signal.aborted) this.project();
  }

  /** The read model is brought up to date before anything is written into it; of several processes one does that at a time. */
  private async migrate(signal: AbortSignal): Promise<void> {
    const lease = await this.leases.acquire('migrations', { value: String(process.pid), signal });
    const report = await this.migrated(lease);
    // The first creation of the read model changes nothing that anybody has seen.
    if (report.applied.length < report.known) await this.operations.migrated(report, processMeta('start'));
  }

  private project(): void {
    for (const { projection, ...how } of this.all())
      this.roles.start(`projection-${projectionId(projection)}`, async (signal, { epoch }) => {
        await refuseRebuilt(this.clickHouse, projection);
        const subscription = projection.name === 'audit' && { subscription: this.trail(epoch) };
        await this.host.runUntil(signal, { projection, epoch, ...how, ...subscription });
      });
  }

  private async migrated(lease: Lease): Promise<MigrationReport> {
    try {
      return await migrate(this.clickHouse, { clock: this.clock });
    } finally {
      await lease.release();
    }
  }

  private all(): readonly RunnableProjection[] {
    return [
      { projection: predictionsProjection, program: PREDICTIONS_ROWS },
      { projection: deploymentsProjection },
      { projection: monitoringProjection },
      { projection: alertsProjection },
      { projection: auditProjection(this.codec.types) },
    ];
  }

  /** Follows every event in a way of its own. Nobody listens in this process; feeds hear of it over the bus. */
  private trail(epoch: bigint): Subscription {
    const { codec, clickHouse, intents } = this;
    return auditSubscription({ codec, clickHouse, intents, changed: new ChangeSignal(), epoch });
  }
}

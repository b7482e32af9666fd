import { Inject, Injectable } from '@nestjs/common';
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
import { OperationsLog } from '#libs/operations';
import { LeasedRoles, ProgressNews, ProjectionHost, type RunnableProjection } from '#libs/platform';
import { predictionsProjection } from '#libs/predictions';

/** The program of the thread that makes their rows. */
const PREDICTIONS_ROWS = new URL('./predictions-rows.js', import.meta.url);

/** Runs the projections that no other process runs, and tells everybody how far they are. */
@Injectable()
export class Projections {
  private readonly news: ProgressNews;

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
  ) {
    const projections = this.all().map(({ projection }) => projection);
    this.news = new ProgressNews(projections, { host, bus, clock });
  }

  /** The read model is brought up to date before anything is written into it; of several processes one does that at a time. */
  async start(): Promise<void> {
    const lease = await this.leases.acquire('migrations', { value: String(process.pid) });
    const report = await this.migrated(lease);
    // The first creation of the read model changes nothing that anybody has seen.
    if (report.applied.length < report.known) await this.operations.migrated(report, processMeta('start'));
    for (const { projection, ...how } of this.all())
      this.roles.start(`projection-${projectionId(projection)}`, async (signal, { epoch }) => {
        await refuseRebuilt(this.clickHouse, projection);
        const subscription = projection.name === 'audit' && { subscription: this.trail(epoch) };
        await this.host.runUntil(signal, { projection, epoch, ...how, ...subscription });
      });
    this.news.start();
  }

  async stop(): Promise<void> {
    await this.roles.stop();
    this.news.stop();
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

import { Inject, Injectable } from '@nestjs/common';
import { AlertReactor, alertPublisher } from '#libs/alerts';
import { AlertsFeed, alertsProjection } from '#libs/alerts/read';
import { AuditChanges, auditSubscription } from '#libs/audit/read';
import { eventPublisher } from '#libs/catalogue';
import { ClickHouse, IntentStore } from '#libs/clickhouse';
import { DeploymentReader, deploymentsProjection } from '#libs/deployments/read';
import { CommandRunner, EventCodec, EventStore } from '#libs/event-store';
import { MessageBus } from '#libs/messaging';
import { measurementPublisher } from '#libs/monitoring';
import { MonitoringFeed, monitoringProjection } from '#libs/monitoring/read';
import { ProjectionHost, SubscriptionHost } from '#libs/platform';
import { predictionsProjection } from '#libs/predictions';

/** The program of the thread that makes their rows. */
const PREDICTIONS_ROWS = new URL('../../projector/src/predictions-rows.js', import.meta.url);

/** Starts everything that follows the log: projections first, then the trail, then what reacts. */
@Injectable()
export class Readers {
  constructor(
    @Inject(ProjectionHost) private readonly projections: ProjectionHost,
    @Inject(SubscriptionHost) private readonly subscriptions: SubscriptionHost,
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(EventCodec) private readonly codec: EventCodec,
    @Inject(ClickHouse) private readonly clickHouse: ClickHouse,
    @Inject(IntentStore) private readonly intents: IntentStore,
    @Inject(MessageBus) private readonly bus: MessageBus,
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(AuditChanges) private readonly audit: AuditChanges,
    @Inject(AlertsFeed) private readonly alerts: AlertsFeed,
    @Inject(DeploymentReader) private readonly deployments: DeploymentReader,
    @Inject(MonitoringFeed) private readonly monitoring: MonitoringFeed,
  ) {}

  async start(): Promise<void> {
    const { codec, clickHouse, intents, store, runner } = this;
    await this.projections.startInThread(predictionsProjection, PREDICTIONS_ROWS);
    await this.projections.start(deploymentsProjection, this.deployments.changed);
    await this.projections.start(monitoringProjection, this.monitoring.changed);
    await this.projections.start(alertsProjection, this.alerts.changed);
    await this.subscriptions.start(auditSubscription({ codec, clickHouse, intents, changed: this.audit.signal }));
    await this.subscriptions.start(new AlertReactor(runner, store, codec).subscription());
    for (const publisher of [alertPublisher, measurementPublisher, eventPublisher]) await this.subscriptions.start(publisher(this.bus));
  }
}

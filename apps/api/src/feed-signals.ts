import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AlertsFeed } from '#libs/alerts/read';
import { AuditChanges } from '#libs/audit/read';
import { ProjectionProgress } from '#libs/clickhouse';
import { DeploymentReader } from '#libs/deployments/read';
import { formatPosition } from '#libs/kernel';
import { MonitoringFeed } from '#libs/monitoring/read';

/** Wakes feeds, and those who wait for their own write, when a projection has come further somewhere else. */
@Injectable()
export class FeedSignals implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly seen = new Map<string, string>();
  private readonly signals: ReadonlyMap<string, { fire(): void }>;
  private unlisten: () => void = () => undefined;

  constructor(
    @Inject(ProjectionProgress) private readonly progress: ProjectionProgress,
    @Inject(AlertsFeed) alerts: AlertsFeed,
    @Inject(AuditChanges) audit: AuditChanges,
    @Inject(DeploymentReader) deployments: DeploymentReader,
    @Inject(MonitoringFeed) monitoring: MonitoringFeed,
  ) {
    this.signals = new Map([
      ['alerts', alerts.changed],
      ['audit', audit.signal],
      ['deployments', deployments.changed],
      ['monitoring', monitoring.changed],
    ]);
  }

  onApplicationBootstrap(): void {
    this.unlisten = this.progress.listen(() => this.wake());
  }

  onModuleDestroy(): void {
    this.unlisten();
  }

  private wake(): void {
    for (const [projection, signal] of this.signals) {
      const reached = this.progress.reached(projection);
      const position = reached ? formatPosition(reached) : '';
      if (this.seen.get(projection) === position) continue;
      this.seen.set(projection, position);
      signal.fire();
    }
  }
}

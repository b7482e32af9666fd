import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ClickHouse } from '#libs/clickhouse';
import { EventStore } from '#libs/event-store';
import { Directory } from '#libs/identity';
import { Readiness } from '#libs/observability';
import { EngineVersion } from './queries.js';

/** What must answer before traffic is sent here. Subscriptions and the evaluator add their own. */
@Injectable()
export class ReadinessChecks implements OnModuleInit {
  constructor(
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(ClickHouse) private readonly clickHouse: ClickHouse,
    @Inject(Directory) private readonly directory: Directory,
  ) {}

  onModuleInit(): void {
    this.readiness.add('eventLog', async () => void (await this.store.head()));
    this.readiness.add('readModel', async () => void (await this.clickHouse.query(EngineVersion, {})));
    this.readiness.add('access', () => {
      if (this.directory.failure) throw this.directory.failure;
    });
  }
}

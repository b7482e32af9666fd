import { Inject, Injectable, Module } from '@nestjs/common';
import { ALL_PROJECTIONS } from '#libs/catalogue';
import { projectionId } from '#libs/clickhouse';
import { type SubscriptionRunner } from '#libs/event-store';
import { ReadProgress } from '#libs/graphql-kit';
import { type Position } from '#libs/kernel';
import { SubscriptionHost } from '#libs/platform';

const READ_MODEL: ReadonlySet<string> = new Set(ALL_PROJECTIONS.map(({ projection }) => projectionId(projection)));

/** How far the projections of this process have come, the trail included; what reacts or publishes is not waited for. */
@Injectable()
class OwnReadProgress extends ReadProgress {
  constructor(@Inject(SubscriptionHost) private readonly subscriptions: SubscriptionHost) {
    super();
  }

  override async lagging(position: Position, timeoutMs: number): Promise<string | undefined> {
    const readers = this.subscriptions.all.filter(({ name }) => READ_MODEL.has(name));
    const passed = await Promise.all(readers.map((reader) => hasPassed(reader, position, timeoutMs)));
    return readers.find((_, index) => !passed[index])?.name;
  }
}

/** One that has stopped will not pass anything: readiness says why. */
const hasPassed = (reader: SubscriptionRunner, position: Position, timeoutMs: number): Promise<boolean> =>
  reader.caughtUpTo(position, timeoutMs).catch(() => false);

/** Lets the GraphQL edge wait for what a caller has just written. */
@Module({ providers: [{ provide: ReadProgress, useClass: OwnReadProgress }], exports: [ReadProgress] })
export class ReadProgressModule {}

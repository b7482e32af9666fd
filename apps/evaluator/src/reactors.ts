import { Inject, Injectable } from '@nestjs/common';
import { AlertReactor, alertPublisher } from '#libs/alerts';
import { eventPublisher } from '#libs/catalogue';
import { CommandRunner, EventCodec, EventStore, type Subscription } from '#libs/event-store';
import { MessageBus } from '#libs/messaging';
import { measurementPublisher } from '#libs/monitoring';
import { LeasedRoles, SubscriptionHost } from '#libs/platform';

/** What answers events with commands, or tells others of them: each run by one process at a time. */
@Injectable()
export class Reactors {
  constructor(
    @Inject(LeasedRoles) private readonly roles: LeasedRoles,
    @Inject(SubscriptionHost) private readonly subscriptions: SubscriptionHost,
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(EventCodec) private readonly codec: EventCodec,
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(MessageBus) private readonly bus: MessageBus,
  ) {}

  start(): void {
    const { runner, store, codec, bus } = this;
    // Made anew at each take-over: what the reactor remembers holds only while no other process runs it.
    this.run('alerts', () => new AlertReactor(runner, store, codec).subscription());
    for (const publisher of [alertPublisher, measurementPublisher, eventPublisher]) this.run(publisher(bus).name, () => publisher(bus));
  }

  private run(name: string, subscription: () => Subscription): void {
    this.roles.start(`subscription-${name}`, (signal) => this.subscriptions.runUntil(signal, subscription()));
  }
}

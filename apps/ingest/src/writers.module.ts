import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Deployments } from '#libs/deployments';
import { EventCodec, EventStore } from '#libs/event-store';
import { Leases } from '#libs/leases';
import { Writers } from './writers.js';

/** Who writes which deployment, where several copies take predictions; for requests and for messages. */
@Global()
@Module({})
export class WritersModule {
  /** @param url at which other copies reach this one */
  static forRoot(url: string): DynamicModule {
    const writers = {
      provide: Writers,
      useFactory: (leases: Leases, store: EventStore, codec: EventCodec) =>
        new Writers({ leases, url, isRegistered: registeredIn(new Deployments(store, codec)) }),
      inject: [Leases, EventStore, EventCodec],
    };
    return { module: WritersModule, providers: [writers], exports: [Writers] };
  }
}

/** Registered once is registered for ever: then nothing is read. */
const registeredIn = (deployments: Deployments): ((deploymentId: string) => Promise<boolean>) => {
  const known = new Set<string>();
  return async (deploymentId) => {
    if (!known.has(deploymentId) && (await deployments.stateOf(deploymentId)).status === 'registered') known.add(deploymentId);
    return known.has(deploymentId);
  };
};

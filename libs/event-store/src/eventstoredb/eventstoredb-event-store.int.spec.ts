import { randomId } from '#libs/kernel';
import { type Facade, startFacade } from '../../../../test/support/eventstore-facade/start-facade.js';
import { NamespacedEventStore } from '../../../../test/support/namespaced-event-store.js';
import { eventStoreContract } from '../event-store.contract.js';
import { openEventStoreDb } from './open-eventstoredb.js';

describe.each(['plain', 'batch'] as const)('with %s appends', (appendMode) => {
  let facade: Facade;
  beforeAll(async () => {
    facade = await startFacade();
  });
  afterAll(() => facade.stop());

  eventStoreContract(
    'the EventStoreDB adapter over the protocol facade',
    async () => {
      const store = openEventStoreDb({ url: facade.url, appendMode });
      return new NamespacedEventStore(store, randomId().slice(0, 8), await store.head());
    },
    { clock: 'server' },
  );
});

import { checkpointStoreContract } from '../checkpoint-store.contract.js';
import { eventStoreContract } from '../event-store.contract.js';
import { InMemoryCheckpointStore } from './memory-checkpoint-store.js';
import { InMemoryEventStore } from './memory-event-store.js';

eventStoreContract('InMemoryEventStore', async (clock) => new InMemoryEventStore(clock));
checkpointStoreContract('InMemoryCheckpointStore', async () => ({
  checkpoints: new InMemoryCheckpointStore(),
  close: async () => undefined,
}));

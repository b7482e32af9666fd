import { eventStoreContract } from '../event-store.contract.js';
import { InMemoryEventStore } from './memory-event-store.js';

eventStoreContract('InMemoryEventStore', async (clock) => new InMemoryEventStore(clock));

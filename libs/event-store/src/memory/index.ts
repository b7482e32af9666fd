export { InMemoryEventStore } from './memory-event-store.js';
export { InMemoryCheckpointStore } from './memory-checkpoint-store.js';

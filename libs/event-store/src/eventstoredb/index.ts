export { type EventStoreDbOptions, openEventStoreDb } from './open-eventstoredb.js';
export { EventStoreDbEventStore } from './eventstoredb-event-store.js';

export { type SqliteEventStoreOptions, SqliteEventStore } from './sqlite-event-store.js';

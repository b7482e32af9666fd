export { type LazyNatsLeasesOptions, LazyNatsLeases } from './lazy-nats-leases.js';
export { type NatsLeases, type NatsLeasesOptions, openNatsLeases } from './nats-leases.js';

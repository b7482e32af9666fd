export { type NatsLeases, type NatsLeasesOptions, openNatsLeases } from './nats-leases.js';

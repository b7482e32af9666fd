export { type NatsConnection, type NatsOptions, connectToNats } from './connect.js';
export { type NatsIntakeQueueOptions, NatsIntakeQueue } from './nats-intake-queue.js';
export { LazyNatsMessageBus } from './lazy-nats-message-bus.js';
export { type NatsMessageBusOptions, NatsMessageBus } from './nats-message-bus.js';
export { MessageRelay } from './message-relay.js';

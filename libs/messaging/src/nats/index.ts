export { type NatsOptions, connectToNats } from './connect.js';
export { type NatsMessageBusOptions, NatsMessageBus } from './nats-message-bus.js';

export { InProcessMessageBus } from './in-process-message-bus.js';

export { type CloudEvent, cloudEvent } from './cloud-event.js';
export {
  type BusMessage,
  type BusSubscription,
  type MessageHandler,
  type SubscriptionOptions,
  BusClosed,
  BusUnavailable,
  MessageBus,
  SlowSubscriber,
} from './message-bus.js';
export { checkPattern, checkSubject, subjectMatches } from './subjects.js';
export { type QueuedMessage, type QueueWorker, type Verdict } from './work-queue.js';

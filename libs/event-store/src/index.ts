export {
  type NewEvent,
  type StoredEvent,
  type ExpectedRevision,
  type AppendOptions,
  type AppendResult,
  type ReadOptions,
  type ReadAllOptions,
  type EventFilter,
  type SubscribeOptions,
  type SubscriptionMessage,
  type StreamMeta,
  EventStore,
  APPEND_BYTES_MAX,
  EVENT_BYTES_MAX,
} from './store.js';
export { WrongExpectedRevision, StreamDeleted, AccessDenied, AppendTooLarge, Unavailable, Timeout, Corrupt } from './errors.js';
export { isPassing } from './passing.js';
export { type EventDefinition, type EventShape, type EventOf, type Upcaster, defineEvent } from './define-event.js';
export { type EncodeOptions, EventCodec, InvalidEvent, UnknownEvent, bodyOf } from './codec.js';
export { type Receipt, type Outcome } from './outcome.js';
export { type RefusedCommand, RefusalLog } from './refusal-log.js';
export { type CommandLike, type CommandRun, type CommandRunnerOptions, CommandRunner } from './command-runner.js';
export { type WatchedCommand, CommandWatch } from './command-watch.js';
export { type CommandClass, type HandlersOf, handlersFor } from './command-handlers.js';
export { CheckpointStore } from './checkpoint-store.js';
export { type DecodedSubscription, type RawSubscription, type Subscription, isDerivedStream } from './subscription.js';
export { type SubscriptionRunnerOptions } from './subscription-runner-options.js';
export { SubscriptionRunner } from './subscription-runner.js';
export { type Behind, behind } from './behind.js';
export { EventParked } from './parking.js';
export { type Reactor, metaOfAnswer, reactorSubscription } from './reactor.js';

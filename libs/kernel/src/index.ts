export { type Instant, instant, isoOf, Clock, SystemClock } from './instant.js';
export { type Uuid, uuid, isUuid, idOfName, derivedId, randomId, timeOrderedId } from './ids.js';
export { type Decider, type Decision, type Refusal, accept, refuse, unreachable } from './decider.js';
export { type Position, positionOf, comparePositions, formatPosition, parsePosition } from './position.js';
export { type Actor, type Source, type CommandMeta, type EventMetadata } from './metadata.js';
export { type DomainEvent, type Recorded } from './event.js';

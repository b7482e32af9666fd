import { type Uuid } from './ids.js';
import { type Instant } from './instant.js';
import { type EventMetadata } from './metadata.js';
import { type Position } from './position.js';

/** A fact: its name and what was decided, with the values used to decide. */
export type DomainEvent<Type extends string = string, Data = unknown> = { readonly type: Type; readonly data: Data };

/** A fact as the log holds it. `recordedAt` is set by the store. */
export type Recorded<E extends DomainEvent = DomainEvent> = E & {
  readonly id: Uuid;
  readonly stream: string;
  readonly revision: bigint;
  readonly position: Position;
  readonly recordedAt: Instant;
  readonly metadata: EventMetadata;
};

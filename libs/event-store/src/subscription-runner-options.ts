import { type CheckpointStore } from './checkpoint-store.js';
import { type EventCodec } from './codec.js';
import { type EventStore } from './store.js';
import { type Subscription } from './subscription.js';

/** What a runner needs. A batch is handed over when it is full, or when nothing more is there. */
export type SubscriptionRunnerOptions = {
  readonly store: EventStore;
  readonly codec: EventCodec;
  readonly checkpoints: CheckpointStore;
  readonly subscription: Subscription;
  readonly eventsMax?: number;
  /** Counted before compression: what a batch takes in memory follows from it. */
  readonly bytesMax?: number;
  /** How often a batch is tried before its poison policy applies, and the first pause between tries; it doubles. */
  readonly tries?: number;
  readonly pauseMs?: number;
  /** Told once when the subscription stops on an error, besides `failure`. */
  readonly onFailure?: (error: Error) => void;
  /** Told when an engine it needs is away or a disk is full; it waits and goes on by itself. Told once until it went on. */
  readonly onTrouble?: (error: Error) => void;
  /** Told whenever the position has moved, also when it moved over events that are none of its business. */
  readonly onMoved?: () => void;
};

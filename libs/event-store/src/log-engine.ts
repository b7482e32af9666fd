import { type Instant } from '#libs/kernel';
import { type StreamView } from './decide-append.js';
import { type EventFilter, type NewEvent, type StoredEvent, type StreamMeta } from './store.js';

/** A page of one stream: revisions `low` to `high` inclusive, not recorded before `recordedFrom`. */
export type StreamPage = {
  readonly stream: string;
  readonly low: bigint;
  readonly high: bigint;
  readonly recordedFrom: number;
  readonly backwards: boolean;
  readonly limit: number;
};

/** A page of the whole log: positions `low` to `high` inclusive. */
export type LogPage = {
  readonly low: bigint;
  readonly high: bigint;
  readonly backwards: boolean;
  readonly limit: number;
  readonly filter?: EventFilter | undefined;
};

/** Size of the work to commit, and how long it may wait for its turn. */
export type CommitOptions = { readonly bytes: number; readonly timeoutMs?: number | undefined };

/**
 * What an embedded store has to bring: a place to keep events and one writer. Everything but `commit` is synchronous;
 * the writing methods are called inside the work of a commit only.
 */
export type LogEngine = {
  /**
   * Runs the work in the writer's turn and resolves when it is durable. A refusal of the port thrown by the work rejects this
   * caller only. @throws Unavailable
   */
  commit<T>(options: CommitOptions, work: () => T): Promise<T>;
  view(stream: string): StreamView;
  /** Returns the position of the last event. */
  write(stream: string, first: bigint, events: readonly NewEvent[], now: Instant): bigint;
  saveMeta(stream: string, meta: StreamMeta): void;
  bury(stream: string): void;
  positionOf(stream: string, revision: bigint): bigint | undefined;
  streamPage(page: StreamPage): readonly StoredEvent[];
  logPage(page: LogPage): readonly StoredEvent[];
  /** Position of the newest event; 0 for an empty log. */
  head(): bigint;
  close(): Promise<void>;
};

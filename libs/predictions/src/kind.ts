import { type CommandMeta, type DomainEvent } from '#libs/kernel';
import { type Conflict, type Mark, type RequestEntry } from './batch.js';
import { type Digest64 } from './content.js';
import { type Refused } from './fields.js';

/** An accepted record on its way into a batch. */
export type Accepted<R> = { readonly record: R; readonly index: number; readonly digest: Digest64 | null };

/** What a lane needs to make one event. */
export type Making<R> = {
  readonly deploymentId: string;
  readonly rows: readonly Accepted<R>[];
  readonly now: number;
  /** Records the stream held before. */
  readonly recordsBefore: number;
  readonly meta: CommandMeta;
  readonly conflicts: readonly Conflict[];
};

/** A body that only lacks the entries of the requests it came from. */
export type Draft = { readonly marks: readonly Mark[]; finish(requests: readonly RequestEntry[]): DomainEvent };

/** What differs between predictions and labels; the lane does the rest for both. */
export abstract class Kind<R> {
  abstract readonly category: 'predictions' | 'labels';
  /** The same id with other content: a `conflict` keeps the first, a `correction` is accepted and stands from then on. */
  abstract readonly otherContent: 'conflict' | 'correction';
  abstract read(raw: unknown, now: number): R | Refused;
  abstract idOf(record: R): string | null;
  abstract digestOf(record: R): Digest64;
  /** Bytes of columnar JSON the record will take, about. */
  abstract bytesOf(record: R, rawBytes: number): number;
  /**
   * Refusals that need the state of the deployment, by record; empty for none.
   * @throws IntakeRefused for a deployment that is not registered
   */
  abstract check(deploymentId: string, records: readonly R[]): Promise<readonly (Refused | undefined)[]>;
  abstract draft(making: Making<R>): Promise<Draft>;
}

import { jetstream, JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { type KV, Kvm } from '@nats-io/kv';
import { type NatsConnection } from '@nats-io/transport-node';
import { LeasesUnavailable } from '../leases.js';
import { decodeEntry, encodeEntry, type LeaseEntry } from './lease-entry.js';
import { leaseKey } from './lease-key.js';

/** The bucket all processes of an installation share. Whoever wants replicas of it creates it beforehand. */
export const LEASE_BUCKET = 'driftledger_leases';

/** An entry as it was read. `entry` is undefined when it is none of ours; its place can be taken all the same. */
export type Found = { readonly revision: number; readonly entry: LeaseEntry | undefined };

/** Another wrote first. */
const CONFLICTS: ReadonlySet<number> = new Set([
  JetStreamApiCodes.StreamWrongLastSequence,
  JetStreamApiCodes.StreamWrongLastSequenceUnknown,
]);

/** The entries of leases in JetStream's key-value store. Writes name the revision they replace, so of two one fails. */
export class LeaseBucket {
  private constructor(
    private readonly connection: NatsConnection,
    private readonly timeoutMs: number,
    private kv: KV,
  ) {}

  /** @throws an error of the client when there is no JetStream, or no permission */
  static async open(connection: NatsConnection, timeoutMs: number): Promise<LeaseBucket> {
    return new LeaseBucket(connection, timeoutMs, await openKv(connection, timeoutMs));
  }

  /** Makes the bucket again if it was lost. @throws LeasesUnavailable */
  async ensure(): Promise<void> {
    this.kv = await this.told(() => openKv(this.connection, this.timeoutMs));
  }

  /** @throws LeasesUnavailable */
  async read(name: string): Promise<Found | undefined> {
    const found = await this.told(() => this.kv.get(leaseKey(name)));
    return found ? { revision: found.revision, entry: decodeEntry(found.string()) } : undefined;
  }

  /**
   * Replaces the entry of this revision; 0 for a lease nobody ever had. Answers the revision of the new one.
   * @throws LeasesUnavailable when the outcome is unknown
   */
  async write(name: string, entry: LeaseEntry, replaced: number): Promise<number | 'conflict'> {
    return this.told(async () => {
      try {
        return await this.kv.put(leaseKey(name), encodeEntry(entry), { previousSeq: replaced, timeout: this.timeoutMs });
      } catch (error) {
        if (error instanceof JetStreamApiError && CONFLICTS.has(error.code)) return 'conflict';
        throw error;
      }
    });
  }

  /** Calls back whenever the entry is written, as long as the connection holds. Returns what ends that. @throws LeasesUnavailable */
  listen(name: string, changed: () => void): () => void {
    try {
      // What is put into the store is published under this subject; hearing it takes no consumer on the server.
      const subscription = this.connection.subscribe(`$KV.${LEASE_BUCKET}.${leaseKey(name)}`, { callback: changed });
      return () => subscription.unsubscribe();
    } catch (cause) {
      throw unavailable(cause);
    }
  }

  private async told<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (cause) {
      throw unavailable(cause);
    }
  }
}

const unavailable = (cause: unknown): LeasesUnavailable =>
  new LeasesUnavailable(`the leases do not answer: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });

/** Reads go to the leader: a replica that lags would tell who held a lease a moment ago. */
const openKv = (connection: NatsConnection, timeout: number): Promise<KV> =>
  new Kvm(jetstream(connection, { timeout })).create(LEASE_BUCKET, {
    history: 1,
    allow_direct: false,
    description: 'Driftledger: which process has which role',
  });

import { type IntentStore, type ClickHouse, type Projection, ProjectionRunner } from '#libs/clickhouse';
import { type EventCodec, type RawSubscription, type StoredEvent } from '#libs/event-store';
import { type ChangeSignal } from '#libs/graphql-kit';
import { type DomainEvent, type Recorded } from '#libs/kernel';
import { INTAKE_TYPES, batchHead } from './describe-intake.js';
import { AUDIT_COLUMNS, AUDIT_TABLE, entryRow } from './entry-row.js';

/** One row per event of the log. */
export const auditProjection = (types: readonly string[]): Projection => ({
  name: 'audit',
  version: 2,
  handles: types,
  tables: [{ name: AUDIT_TABLE, columns: AUDIT_COLUMNS, partition: 'none' }],
  rows: (events) => new Map([[AUDIT_TABLE, events.map(entryRow)]]),
});

/** An insert costs about the same for one entry as for hundreds. */
const LINGER_MS = 500;

const isIntake = (type: string): boolean => INTAKE_TYPES.some((intake) => intake === type);

/** A stored event as the trail needs it: batches by their head, what this release does not know by its name alone. */
export const auditedEvent = (stored: StoredEvent, codec: EventCodec): Recorded => {
  const { id, type, stream, revision, position, recordedAt, metadata } = stored;
  const envelope = { id, type, stream, revision, position, recordedAt, metadata };
  if (isIntake(type)) return { ...envelope, data: batchHead(stored) };
  return readable(stored, codec) ? codec.decode<DomainEvent>(stored) : { ...envelope, data: null };
};

const readable = ({ type, metadata }: StoredEvent, codec: EventCodec): boolean => metadata.schemaVersion <= (codec.versionOf(type) ?? 0);

/** What the subscription of the trail is made from. `changed` fires when new entries can be read. */
export type AuditSubscription = {
  readonly codec: EventCodec;
  readonly clickHouse: ClickHouse;
  readonly intents: IntentStore;
  readonly changed: ChangeSignal;
  /** Where several processes may run it: fences whoever ran it before. */
  readonly epoch?: bigint;
};

/** Follows every event of the log into the trail. To be run by a `SubscriptionRunner`. */
export const auditSubscription = ({ codec, clickHouse, intents, changed, epoch }: AuditSubscription): RawSubscription => {
  const runner = new ProjectionRunner({
    ...{ projection: auditProjection(codec.types), clickHouse, intents },
    ...(epoch !== undefined && { epoch }),
  });
  return {
    name: runner.name,
    handles: 'all',
    onPoison: runner.onPoison,
    raw: true,
    lingerMs: LINGER_MS,
    resumeFrom: (checkpoint) => runner.resumeFrom(checkpoint),
    handle: async (batch, signal) => {
      await runner.handle(
        batch.map((stored) => auditedEvent(stored, codec)),
        signal,
      );
      changed.fire();
    },
  };
};

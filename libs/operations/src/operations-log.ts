import { type MigrationReport } from '#libs/clickhouse';
import { type EventCodec, type EventStore } from '#libs/event-store';
import { type OperationEvent, ProjectionRebuildBegun, ProjectionRebuilt, ReadModelMigrated, accessStream } from '#libs/identity';
import { type CommandMeta, derivedId } from '#libs/kernel';
import { type RebuildOutcome } from './rebuild-projection.js';

/** A projection by name, in the version of this release. */
type RebuiltProjection = { readonly projection: string; readonly version: number };
type Rebuilt = RebuildOutcome & RebuiltProjection;

/** Records what a principal did to the installation, in `access-<principalId>`: nothing is decided from it, so no revision is expected. */
export class OperationsLog {
  constructor(private readonly log: { readonly store: EventStore; readonly codec: EventCodec }) {}

  /** @throws what the store throws */
  async rebuildBegun({ projection, version }: RebuiltProjection, adopt: boolean, meta: CommandMeta): Promise<void> {
    const { principalId } = meta.actor;
    await this.append(ProjectionRebuildBegun.make({ principalId, projection, version, adopt }), meta);
  }

  /** @throws what the store throws; the rebuild itself is done then */
  async rebuilt({ projection, version, events, adopted, tables }: Rebuilt, meta: CommandMeta): Promise<void> {
    const compared = tables.map(({ table, equal, rows }) => ({ table, equal, rowsLive: rows.live, rowsRebuilt: rows.rebuilt }));
    const { principalId } = meta.actor;
    await this.append(ProjectionRebuilt.make({ principalId, projection, version, events, adopted, tables: compared }), meta);
  }

  /** Nothing is recorded where nothing was applied. @throws what the store throws; the migrations are applied then */
  async migrated({ applied, known }: MigrationReport, meta: CommandMeta): Promise<void> {
    if (applied.length === 0) return;
    await this.append(ReadModelMigrated.make({ principalId: meta.actor.principalId, applied: [...applied], known }), meta);
  }

  private async append(event: OperationEvent, meta: CommandMeta): Promise<void> {
    const encoded = this.log.codec.encode(event, meta, derivedId(meta.commandId, event.type));
    await this.log.store.append(accessStream(meta.actor.principalId), [encoded], { expected: 'any' });
  }
}

import { z } from 'zod';
import { type EventOf, defineEvent } from '#libs/event-store';
import { type Uuid, uuid } from '#libs/kernel';

const id = z.uuid().transform((text): Uuid => uuid(text));
const count = z.number().int().nonnegative();

/**
 * Somebody began to make a projection of the read model anew. Without a `ProjectionRebuilt` after it the rebuild was given up or died,
 * with its tables exchanged or not; either way they hold what the log says. `adopt`: whether the new tables were to be put in place.
 */
export const ProjectionRebuildBegun = defineEvent('ProjectionRebuildBegun', {
  version: 1,
  schema: z.object({ principalId: id, projection: z.string(), version: z.number().int().positive(), adopt: z.boolean() }),
});

/**
 * A projection of the read model was made anew from the log and compared with what was live, table by table. `version` is that of the
 * projection, `events` how many were read, `adopted` whether the new tables took the place of the live ones.
 */
export const ProjectionRebuilt = defineEvent('ProjectionRebuilt', {
  version: 1,
  schema: z.object({
    principalId: id,
    projection: z.string(),
    version: z.number().int().positive(),
    events: count,
    adopted: z.boolean(),
    tables: z.array(z.object({ table: z.string(), equal: z.boolean(), rowsLive: count, rowsRebuilt: count })),
  }),
});

/** Migrations were applied to the read model, by command or when a server started, in this order; `known` is how many the release has. */
export const ReadModelMigrated = defineEvent('ReadModelMigrated', {
  version: 1,
  schema: z.object({ principalId: id, applied: z.array(z.string()).min(1), known: count }),
});

/** What a principal did to the installation itself, in its stream `access-<principalId>`; nothing is decided from it. */
export type OperationEvent = EventOf<typeof ProjectionRebuildBegun> | EventOf<typeof ProjectionRebuilt> | EventOf<typeof ReadModelMigrated>;

export const OPERATION_EVENTS = [ProjectionRebuildBegun, ProjectionRebuilt, ReadModelMigrated] as const;

import { z } from 'zod';

const Change = z.object({ path: z.string(), before: z.unknown(), after: z.unknown() });

const Entry = z.object({
  id: z.string(),
  position: z.string(),
  recordedAt: z.string(),
  type: z.string(),
  class: z.string(),
  summary: z.string(),
  actor: z.object({ kind: z.string(), via: z.string() }),
  onBehalfOf: z.string().nullable(),
  source: z.object({ surface: z.string(), route: z.string().nullable(), addressClass: z.string() }),
  reason: z.string().nullable(),
  correlationId: z.string(),
  changes: z.array(Change),
  sha256: z.string(),
});
/** An entry as the server gives it; unknown fields of a newer server are ignored. */
export type Entry = z.infer<typeof Entry>;

/** A page of the trail. */
export const TrailPage = z.object({
  auditTrail: z.object({
    nodes: z.array(Entry),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  }),
});

/** The operation behind the command. */
export const TRAIL = `query AuditTrail($filter: AuditFilter, $first: Int, $after: String) {
  auditTrail(filter: $filter, first: $first, after: $after) {
    nodes {
      id position recordedAt type class summary onBehalfOf reason correlationId sha256
      actor { kind via }
      source { surface route addressClass }
      changes { path before after }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

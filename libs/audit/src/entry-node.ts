import { globalId } from '#libs/graphql-kit';
import { type Instant, type Position, positionOf, uuid } from '#libs/kernel';
import { type AuditRow } from './queries.js';

/** An entry as the schema shows it. `row` is what its other fields are resolved from. */
export type AuditEntryNode = {
  readonly row: AuditRow;
  readonly id: string;
  readonly position: Position;
  readonly eventId: string;
  readonly recordedAt: Instant;
  readonly type: string;
  readonly class: string;
  readonly summary: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly actor: { readonly id: string; readonly kind: string; readonly via: string };
  readonly onBehalfOf: string | null;
  readonly source: {
    readonly surface: string;
    readonly route: string | null;
    readonly client: string | null;
    readonly addressClass: string;
  };
  readonly reason: string | null;
  readonly correlationId: string;
  readonly causationId: string;
  readonly commandId: string;
  readonly deploymentId: string | null;
  readonly monitorId: string | null;
  readonly model: string | null;
  readonly subject: string | null;
  readonly sha256: string;
};

const orNull = (text: string): string | null => (text === '' ? null : text);
const idOrNull = (type: string, id: string): string | null => (id === '' ? null : globalId(type, uuid(id)));

/** The node of a row. */
export const entryNode = (row: AuditRow): AuditEntryNode => ({
  row,
  id: globalId('AuditEntry', uuid(row.event_id)),
  position: positionOf(row.position),
  eventId: row.event_id,
  recordedAt: row.recorded_at,
  type: row.type,
  class: row.class.toUpperCase(),
  summary: row.summary,
  stream: row.stream,
  revision: row.revision,
  actor: { id: globalId('Principal', uuid(row.actor_id)), kind: row.actor_kind.toUpperCase(), via: row.actor_via },
  onBehalfOf: orNull(row.on_behalf_of),
  source: { surface: row.surface, route: orNull(row.route), client: orNull(row.client), addressClass: row.address_class },
  reason: orNull(row.reason),
  correlationId: row.correlation_id,
  causationId: row.causation_id,
  commandId: row.command_id,
  deploymentId: idOrNull('Deployment', row.deployment_id),
  monitorId: idOrNull('Monitor', row.monitor_id),
  model: orNull(row.model),
  subject: orNull(row.subject),
  sha256: row.sha256,
});

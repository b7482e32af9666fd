import { alertsProjection } from '#libs/alerts/read';
import { auditProjection, auditedEvent } from '#libs/audit/read';
import { type Projection } from '#libs/clickhouse';
import { deploymentsProjection } from '#libs/deployments/read';
import { type EventCodec, type StoredEvent } from '#libs/event-store';
import { type Recorded } from '#libs/kernel';
import { monitoringProjection } from '#libs/monitoring/read';
import { predictionsProjection } from '#libs/predictions';
import { ALL_EVENTS } from './events.js';

/** A projection, and how the events of the log reach it. */
export type CataloguedProjection = {
  readonly projection: Projection;
  /** Types of the events it gets; `all` gets those of newer releases too. */
  readonly follows: readonly string[] | 'all';
  /** @throws UnknownEvent | Corrupt where the projection cannot do without the whole event */
  readonly read: (stored: StoredEvent, codec: EventCodec) => Recorded;
};

const decoded = (projection: Projection): CataloguedProjection => ({
  projection,
  follows: projection.handles,
  read: (stored, codec) => codec.decode(stored),
});

/** Every projection of this release: together they are the read model. */
export const ALL_PROJECTIONS: readonly CataloguedProjection[] = [
  decoded(predictionsProjection),
  decoded(deploymentsProjection),
  decoded(monitoringProjection),
  decoded(alertsProjection),
  { projection: auditProjection(ALL_EVENTS.map(({ type }) => type)), follows: 'all', read: auditedEvent },
];

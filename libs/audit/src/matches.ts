import { type AuditRow } from './queries.js';
import { type AuditFilter } from './trail.js';

/**
 * Whether an entry of a feed is one the filter asks for: the same question as the query of a page, for one row.
 *
 * @param deployments those the filter allows at the start of the feed; a deployment registered later for the model joins them
 */
export const matcherOf = (filter: AuditFilter, deployments: ReadonlySet<string> | undefined): ((row: AuditRow) => boolean) => {
  const allowed = deployments && new Set(deployments);
  const joins = (row: AuditRow): boolean =>
    filter.model !== undefined &&
    row.model === filter.model &&
    row.deployment_id !== '' &&
    (filter.deploymentId === undefined || filter.deploymentId === row.deployment_id);
  const is = (wanted: string | undefined, actual: string): boolean => wanted === undefined || wanted === actual;
  return (row) => {
    if (joins(row)) allowed?.add(row.deployment_id);
    return (
      (allowed?.has(row.deployment_id) ?? true) &&
      is(filter.monitorId, row.monitor_id) &&
      is(filter.subject, row.subject) &&
      is(filter.actorId, row.actor_id) &&
      is(filter.class, row.class) &&
      is(filter.type, row.type) &&
      is(filter.correlationId, row.correlation_id) &&
      row.recorded_at >= (filter.from ?? 0) &&
      (filter.until === undefined || row.recorded_at < filter.until)
    );
  };
};

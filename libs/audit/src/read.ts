export { AuditReadModule } from './read.module.js';
export { AuditChanges } from './audit-changes.js';
export { type AuditFilter, AuditTrails } from './trail.js';
export { AuditRow, AuditTrail } from './queries.js';
export { type AuditSubscription, auditProjection, auditSubscription, auditedEvent } from './projection.js';

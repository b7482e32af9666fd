import { Module } from '@nestjs/common';
import { AuditChanges } from './audit-changes.js';
import { AuditTrails } from './trail.js';

/** Queries of the audit trail and the signal that it grew. Needs `ClickHouse` from the process. */
@Module({ providers: [AuditTrails, AuditChanges], exports: [AuditTrails, AuditChanges] })
export class AuditReadModule {}

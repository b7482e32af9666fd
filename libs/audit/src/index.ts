export { AUDIT_CLASSES, type AuditClass, type Change, type Described } from './described.js';
export { describe, describedTypes } from './entries.js';

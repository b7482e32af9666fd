export { AUDIT_CLASSES } from './described.js';

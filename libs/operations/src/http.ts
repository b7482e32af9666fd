export { type OperationsOptions, OperationsHttpModule } from './http.module.js';
export { ReadinessChecks } from './readiness-checks.js';

export { type OperationsOptions, OperationsHttpModule } from './http.module.js';

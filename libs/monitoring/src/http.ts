export { MonitoringHttpModule } from './http.module.js';

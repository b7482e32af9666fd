export { alertsProjection } from './projection.js';
export { AlertHistory, AlertsById, AlertsPage, AlertChanges, AlertsHead, AlertStatus } from './queries.js';
export { type AlertRow, type AlertEntryRow, type AlertChangeRow } from './queries.js';
export { type AlertChangeItem, AlertsFeed } from './feed.js';
export { AlertsReadModule } from './read.module.js';

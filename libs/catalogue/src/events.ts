import { ALERT_EVENTS } from '#libs/alerts';
import { DEPLOYMENT_EVENTS } from '#libs/deployments';
import { type EventDefinition } from '#libs/event-store';
import { IDENTITY_EVENTS, OPERATION_EVENTS } from '#libs/identity';
import { MONITORING_EVENTS } from '#libs/monitoring';
import { PREDICTION_EVENTS } from '#libs/predictions';

/** Every event this release can read and write. */
export const ALL_EVENTS: readonly EventDefinition[] = [
  ...ALERT_EVENTS,
  ...DEPLOYMENT_EVENTS,
  ...IDENTITY_EVENTS,
  ...MONITORING_EVENTS,
  ...OPERATION_EVENTS,
  ...PREDICTION_EVENTS,
];

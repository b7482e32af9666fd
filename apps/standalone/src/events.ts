import { DEPLOYMENT_EVENTS } from '#libs/deployments';
import { type EventDefinition } from '#libs/event-store';
import { IDENTITY_EVENTS } from '#libs/identity';
import { PREDICTION_EVENTS } from '#libs/predictions';

/** Every event this process can read and write. */
export const ALL_EVENTS: readonly EventDefinition[] = [...DEPLOYMENT_EVENTS, ...IDENTITY_EVENTS, ...PREDICTION_EVENTS];

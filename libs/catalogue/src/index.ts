export { eventPublisher } from './event-publisher.js';
export { ALL_EVENTS } from './events.js';
export { type CataloguedProjection, ALL_PROJECTIONS } from './projections.js';

export { ALL_EVENTS } from './events.js';
export { type CataloguedProjection, ALL_PROJECTIONS } from './projections.js';

export { deploymentsProjection } from './projection.js';
export { DeploymentsPage, DeploymentsById, DeploymentSchemas, DeploymentsHead, type DeploymentRow, type SchemaRow } from './queries.js';
export { DeploymentReader } from './reader.js';
export { DeploymentsReadModule } from './read.module.js';

export { MonitoringGraphqlModule } from './graphql.module.js';

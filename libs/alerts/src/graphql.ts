export { AlertsGraphqlModule } from './graphql.module.js';

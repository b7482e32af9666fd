export { DeploymentsGraphqlModule } from './graphql.module.js';

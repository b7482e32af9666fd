export { AuditGraphqlModule } from './graphql.module.js';

export { IdentityGraphqlAccess } from './graphql-access.js';
export { IdentityGraphqlModule } from './graphql.module.js';

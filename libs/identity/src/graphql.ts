export { IdentityGraphqlAccess } from './graphql-access.js';

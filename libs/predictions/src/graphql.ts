export { PredictionsGraphqlModule } from './graphql.module.js';

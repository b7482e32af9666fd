export { type Admission, type EdgeRequest, type Viewer, GraphqlAccess } from './access.js';
export { type GraphqlContext, type LiveConnection, viewerOf } from './context.js';
export { type EdgeErrorCode, EdgeError } from './errors.js';
export { dateTimeScalar, eventPositionScalar, bigIntScalar, jsonScalar, scalarResolvers } from './scalars.js';
export { globalId, parseGlobalId, uuidArgument } from './global-id.js';
export {
  type Connection,
  type Cursor,
  type Page,
  type PageArguments,
  PAGE_SIZE_DEFAULT,
  PAGE_SIZE_MAX,
  connectionOf,
  decodeCursor,
  encodeCursor,
  pageOf,
} from './connection.js';
export { type RefusalPayload, resultOf } from './refusals.js';
export { type BatchRead, type RequestLoader, requestLoader } from './loaders.js';
export { type FeedSource, type FollowOptions, type Positioned, ChangeSignal, FeedTooSlow, followFeed } from './feed.js';
export { fieldOf } from './subscription-field.js';
export { type NodeKind, NodeRegistry } from './node-registry.js';
export { Requires } from './requires.js';
export { UnguardedSchema } from './guard-fields.js';
export { type GraphqlLimits, LIMITS } from './limits.js';
export { GraphqlKitModule } from './kit.module.js';
export { printedSchema, schemaOfLibs } from './printed-schema.js';
export { type GraphqlServerOptions, GraphqlServerModule } from './server.module.js';

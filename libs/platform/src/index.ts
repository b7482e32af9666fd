export { EmbeddedPlatform, type EmbeddedOptions } from './embedded.js';
export { ProjectionHost } from './projection-host.js';
export { SubscriptionHost } from './subscription-host.js';
export { DataDirectory } from './data-directory.js';
export { RowsThread } from './rows-thread.js';
export { serveRows } from './serve-rows.js';

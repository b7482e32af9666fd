export { openChdb, type ChdbOptions } from './open-chdb.js';

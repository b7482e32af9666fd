export { holderOf, openChdb, type ChdbOptions } from './open-chdb.js';

export { ClickHouse, type Cell, type Row, type InsertBlock, type QueryContext, type CommandParams } from './port.js';
export {
  defineQuery,
  type DefinedQuery,
  type RawRow,
  UInt64,
  Count,
  InstantFromClickHouse,
  InstantParam,
  BigIntParam,
  dateTimeOf,
} from './define-query.js';
export { ClickHouseError } from './errors.js';
export { migrate, type MigrateOptions, type MigrationReport } from './migrate.js';
export { MigrationError, type MigrationTarget } from './migration-file.js';

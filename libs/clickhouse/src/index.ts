export {
  ClickHouse,
  type Cell,
  type Column,
  type EncodedRows,
  type Row,
  type InsertBlock,
  type QueryContext,
  type CommandParams,
} from './port.js';
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
export { migrate, type MigrateOptions, type MigrationPlan, type MigrationReport, planMigrations } from './migrate.js';
export { MigrationError } from './migration-file.js';
export { type Projection, type TableSpec, type RowsByTable, type DeriveStep, projectionId } from './projection.js';
export { IntentStore, type Intent, IntentSchema, InMemoryIntentStore, FileIntentStore } from './intent-store.js';
export { ProjectionRunner } from './projection-runner.js';
export { ProjectionWriter, type ProjectionWriterOptions } from './projection-writer.js';
export { type Block, type Located, type MakeBlocks, type Marks, blockMaker } from './make-blocks.js';
export { rowBinary, tableLayout } from './row-binary.js';
export {
  rebuild,
  rebuildPlace,
  refuseRebuilt,
  removeRebuilds,
  type RebuildOptions,
  type RebuildProgress,
  type Rebuilt,
} from './rebuild.js';
export { compareTables, type Comparison, type Difference, type TableName } from './compare-tables.js';
export { ProjectionProgress } from './projection-progress.js';

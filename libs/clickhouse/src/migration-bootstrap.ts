import { migrationFile } from './migration-file.js';

/**
 * Where the applied files are kept, and who applies them. Repeatable as every migration is; it is run at every start, and is no file because
 * it must exist before the first one.
 */
export const BOOTSTRAP = migrationFile(
  '00000000000000_schema_migrations.sql',
  `-- why: an applied migration is never applied again, an edited one is noticed, and one process applies them at a time
CREATE DATABASE IF NOT EXISTS driftledger {{database}};
CREATE TABLE IF NOT EXISTS driftledger.schema_migrations {{on_cluster}}
(
    name       String COMMENT 'file name',
    sha256     String COMMENT 'digest of the file, hex',
    applied_at DateTime64(3, 'UTC') COMMENT 'when its last statement had run'
)
ENGINE = {{merge_tree}}
ORDER BY name
COMMENT 'applied migrations';
CREATE TABLE IF NOT EXISTS driftledger.schema_migrations_turns {{on_cluster}}
(
    turn     UInt64 COMMENT 'counts up; the highest one migrates until it is done',
    holder   String COMMENT 'process whose turn it is: host, process id and a random part',
    done     Bool COMMENT 'whether the turn is over',
    heard_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'when the server heard from the holder'
)
ENGINE = {{merge_tree}}
ORDER BY turn
COMMENT 'which process applies migrations';
`,
);

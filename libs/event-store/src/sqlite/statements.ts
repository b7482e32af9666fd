import { type SqliteDriver, type SqliteStatement } from './driver.js';

const COLUMNS =
  'e.position, e.stream, e.revision, e.type, e.recorded_at, e.origin, e.encoding, e.schema_version, e.id, e.ids, e.sha256, e.extra, e.body';
const PAGE_OF_STREAM = `SELECT ${COLUMNS} FROM events e WHERE e.stream = ?1 AND e.revision BETWEEN ?2 AND ?3 AND e.recorded_at >= ?4 ORDER BY e.revision`;
const PAGE_OF_LOG = `SELECT ${COLUMNS} FROM events e WHERE e.position BETWEEN ?1 AND ?2`;

/** The statements of the log. Parameters are bound by number; prefixes come as one JSON array. */
export const statementsOf = (driver: SqliteDriver): Record<Name, SqliteStatement> => ({
  view: driver.prepare(
    `SELECT s.id, coalesce((SELECT max(e.revision) FROM events e WHERE e.stream = s.id), -1), s.tombstoned, s.has_meta,
            s.max_count, s.max_age_seconds, s.truncate_before
     FROM streams s WHERE s.name = ?1`,
  ),
  revisionOf: driver.prepare('SELECT revision FROM events WHERE stream = ?1 AND id = ?2'),
  positionOf: driver.prepare('SELECT position FROM events WHERE stream = ?1 AND revision = ?2'),
  head: driver.prepare('SELECT max(position) FROM events'),
  newestTime: driver.prepare('SELECT recorded_at FROM events ORDER BY position DESC LIMIT 1'),
  insert: driver.prepare(
    `INSERT INTO events (stream, revision, type, recorded_at, origin, encoding, schema_version, id, ids, sha256, extra, body)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)`,
  ),
  saveMeta: driver.prepare('UPDATE streams SET has_meta = 1, max_count = ?1, max_age_seconds = ?2, truncate_before = ?3 WHERE id = ?4'),
  bury: driver.prepare('UPDATE streams SET tombstoned = 1 WHERE id = ?1'),
  streamForwards: driver.prepare(`${PAGE_OF_STREAM} ASC LIMIT ?5`),
  streamBackwards: driver.prepare(`${PAGE_OF_STREAM} DESC LIMIT ?5`),
  logForwards: driver.prepare(`${PAGE_OF_LOG} ORDER BY e.position ASC LIMIT ?3`),
  logBackwards: driver.prepare(`${PAGE_OF_LOG} ORDER BY e.position DESC LIMIT ?3`),
  logByStream: driver.prepare(
    `${PAGE_OF_LOG} AND EXISTS (
       SELECT 1 FROM streams s, json_each(?3) p WHERE s.id = e.stream AND substr(s.name, 1, length(p.value)) = p.value
     ) ORDER BY e.position ASC LIMIT ?4`,
  ),
  logByType: driver.prepare(
    `${PAGE_OF_LOG} AND +e.type IN (
       SELECT t.id FROM types t, json_each(?3) p WHERE substr(t.name, 1, length(p.value)) = p.value
     ) ORDER BY e.position ASC LIMIT ?4`,
  ),
  saveCheckpoint: driver.prepare(
    'INSERT INTO checkpoints (name, position) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET position = excluded.position',
  ),
  loadCheckpoint: driver.prepare('SELECT position FROM checkpoints WHERE name = ?1'),
});

type Name =
  | 'view'
  | 'revisionOf'
  | 'positionOf'
  | 'head'
  | 'newestTime'
  | 'insert'
  | 'saveMeta'
  | 'bury'
  | 'streamForwards'
  | 'streamBackwards'
  | 'logForwards'
  | 'logBackwards'
  | 'logByStream'
  | 'logByType'
  | 'saveCheckpoint'
  | 'loadCheckpoint';

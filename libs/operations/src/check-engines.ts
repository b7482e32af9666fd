import { type ClickHouse } from '#libs/clickhouse';
import { type EventStore, bodyOf } from '#libs/event-store';
import { type Finding, ok, problem } from './finding.js';
import { EngineVersion, PartsSetAside } from './queries.js';

/** An embedded log can say more about itself than the port asks of every log. */
type LogFile = { integrityCheck(): Promise<readonly string[]> };

const isLogFile = (store: object): store is LogFile & { synchronous(): bigint } =>
  'synchronous' in store &&
  typeof store.synchronous === 'function' &&
  'integrityCheck' in store &&
  typeof store.integrityCheck === 'function';

/** The newest events are those a crash may have torn. */
const NEWEST = 1_000;
const SHOWN = 5;
const FULL = 2n;
/** What findings about the content of the log are called. */
export const LOG_INTEGRITY = 'log integrity';
const RESTORE = 'stop the server, keep a copy of the data directory, and restore the log from a backup';

/** Durability, and digests of the newest events; of all events and the pages of the file when `thorough`. */
export const logFindings = async (store: EventStore, thorough: boolean): Promise<readonly Finding[]> => {
  const head = await store.head();
  if (!isLogFile(store)) return [ok('event log', `position ${head?.commit ?? 0n}`), ...(await digests(store))];
  const waits = store.synchronous() === FULL;
  return [
    waits
      ? ok('event log', `SQLite, position ${head?.commit ?? 0n}, every commit waits for the disk`)
      : problem(
          'event log',
          'commits do not wait for the disk',
          'an acknowledged prediction may be lost when power fails: restart the server',
        ),
    ...(thorough ? await wholeLogFindings(store) : await digests(store)),
  ];
};

/** Every page of the file, every revision and every digest. Takes the process as long as reading the whole log does. */
export const wholeLogFindings = async (store: LogFile): Promise<readonly Finding[]> => {
  const wrong = await store.integrityCheck();
  if (wrong.length === 0) return [ok(LOG_INTEGRITY, 'every page, revision and digest of the log is right')];
  return wrong.slice(0, SHOWN).map((text) => problem(LOG_INTEGRITY, text, RESTORE));
};

const digests = async (store: EventStore): Promise<readonly Finding[]> => {
  let read = 0;
  for await (const stored of store.readAll({ from: 'end', direction: 'backwards', limit: NEWEST })) {
    try {
      bodyOf(stored);
    } catch (error) {
      return [problem(LOG_INTEGRITY, error instanceof Error ? error.message : String(error), RESTORE)];
    }
    read += 1;
  }
  return [ok(LOG_INTEGRITY, `the newest ${read} events match their digests`)];
};

/** That the engine answers, which one it is, and whether it lost files. */
export const readModelFindings = async (clickHouse: ClickHouse): Promise<readonly Finding[]> => {
  const began = performance.now();
  const [engine] = await clickHouse.query(EngineVersion, {});
  const answer = ok('read model', `ClickHouse ${engine?.version ?? ''} answers in ${Math.ceil(performance.now() - began)} ms`);
  const damaged = await clickHouse.query(PartsSetAside, {});
  return [
    answer,
    ...damaged.map(({ table, parts }) =>
      problem(
        'read model',
        `${parts} damaged parts of ${table} were set aside`,
        'rebuild the projection: driftledger rebuild <projection>',
      ),
    ),
  ];
};

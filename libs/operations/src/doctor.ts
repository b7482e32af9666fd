import { type ClickHouse, ClickHouseError } from '#libs/clickhouse';
import { type EventStore } from '#libs/event-store';
import { type Clock } from '#libs/kernel';
import { type DataDirectory } from '#libs/platform';
import { clockFindings } from './check-clock.js';
import { diskCheck } from './check-disk.js';
import { LOG_INTEGRITY, logFindings, readModelFindings, wholeLogFindings } from './check-engines.js';
import { keyFileFindings } from './check-key-files.js';
import { monitorFindings } from './check-monitors.js';
import { type ReaderState, readerFindings } from './check-readers.js';
import { type ClockWatch } from './clock-watch.js';
import { type Finding, type Level, ok, problem, warn, worstOf } from './finding.js';

/** What is looked at. `thorough`: the whole log is read, which keeps the process from anything else. */
export type DoctorParts = {
  readonly version: string;
  readonly store: EventStore;
  readonly clickHouse: ClickHouse;
  readonly clock: Clock;
  readonly watch: ClockWatch;
  readonly directory: DataDirectory;
  readonly readers: () => Promise<readonly ReaderState[]>;
  /** Variables that start with DRIFTLEDGER_ and mean nothing. */
  readonly unknownVariables: readonly string[];
  readonly thorough?: boolean;
};

/** Everything that was found, worst level first told. */
export type Diagnosis = { readonly level: Level; readonly findings: readonly Finding[] };

/** Looks at everything that can be wrong with an installation. Never throws: what cannot be looked at is a finding. */
export const examine = async (parts: DoctorParts): Promise<Diagnosis> => {
  const { store, clickHouse, clock, watch, directory } = parts;
  const checks: readonly [what: string, check: () => Promise<readonly Finding[]>][] = [
    ['release', async () => [ok('release', `${parts.version} on Node.js ${process.versions.node}`)]],
    ['event log', () => logFindings(store, parts.thorough ?? false)],
    ['read model', () => readModelFindings(clickHouse)],
    ['disk', () => diskCheck(directory, clickHouse, clock)],
    ['subscriptions', async () => readerFindings(await parts.readers())],
    ['monitors', () => monitorFindings(clickHouse, clock)],
    ['clock', () => clockFindings(store, clock, watch)],
    ['key files', () => keyFileFindings(directory)],
    ['environment', async () => variableFindings(parts.unknownVariables)],
  ];
  const findings = (await Promise.all(checks.map(([what, check]) => attempted(what, check)))).flat();
  return { level: worstOf(findings), findings };
};

/**
 * A diagnosis with the whole log looked at instead of its newest events. For whoever asks beside the process that has the log open: that
 * one goes on serving.
 */
export const withWholeLog = async ({ findings }: Diagnosis, store: Parameters<typeof wholeLogFindings>[0]): Promise<Diagnosis> => {
  const others = findings.filter(({ what }) => what !== LOG_INTEGRITY);
  const all = [...others, ...(await attempted(LOG_INTEGRITY, () => wholeLogFindings(store)))];
  return { level: worstOf(all), findings: all };
};

const attempted = async (what: string, check: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> => {
  try {
    return await check();
  } catch (error) {
    const figure = `cannot be looked at: ${error instanceof Error ? error.message : String(error)}`;
    return [problem(what, figure, lacksSchema(error) ? 'bring the read model to the newest schema: driftledger migrate' : LOG_HAS_MORE)];
  }
};

const LOG_HAS_MORE = 'the log of the process has more';

/** UNKNOWN_TABLE, UNKNOWN_DATABASE: it was never migrated, or only to the schema of an earlier release. */
const lacksSchema = (error: unknown): boolean => error instanceof ClickHouseError && ['60', '81'].includes(error.code);

const variableFindings = (unknown: readonly string[]): readonly Finding[] =>
  unknown.length === 0
    ? [ok('environment', 'every DRIFTLEDGER_ variable is known')]
    : unknown.map((name) => warn('environment', `${name} means nothing here`, 'correct its name, or remove it'));

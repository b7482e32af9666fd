import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command } from 'commander';
import { z } from 'zod';
import { ALL_PROJECTIONS } from '#libs/catalogue';
import { projectionId } from '#libs/clickhouse';
import { readConfiguration } from '#libs/configuration';
import { SqliteEventStore } from '#libs/event-store/sqlite';
import { SystemClock } from '#libs/kernel';
import { ClockWatch, type Diagnosis, type ReaderState, examine, withWholeLog } from '#libs/operations';
import { DataDirectory } from '#libs/platform';
import { type ClosedDirectory, withServerOrDirectory } from '../closed-directory.js';
import { outputOf } from '../output.js';
import { UsageError } from '../usage-error.js';
import { diagnosisTable } from './table.js';

type DoctorFlags = { readonly data?: string; readonly thorough?: true; readonly json?: true };

const DETAILS = `
Asks the running server (DRIFTLEDGER_URL, default http://127.0.0.1:4000, with DRIFTLEDGER_KEY or the key in <data>/admin.key), or opens
the data directory (DRIFTLEDGER_DATA, default .driftledger) when none runs. Ends with status 1 when something is a problem.
Example: driftledger doctor --json`;

const Level = z.enum(['ok', 'warn', 'problem']);
const Answer = z.object({
  level: Level,
  findings: z.array(z.object({ level: Level, what: z.string(), figure: z.string(), advice: z.string() })),
});

/** Problems were found and shown. Ends the process with status 1. */
class ProblemsFound extends Error {
  override readonly name = 'ProblemsFound';
}

/** `driftledger doctor`. */
export const register = (program: Command): void => {
  const doctor = program.command('doctor').description('look at engines, disk, lag, monitors, clock and key files, and say what is wrong');
  doctor
    .option('--data <directory>', 'open this data directory, without looking for a server')
    .option('--thorough', 'read the whole log and verify every digest; of a running server, the file in DRIFTLEDGER_DATA')
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', DETAILS)
    .action(async ({ data, thorough, json }: DoctorFlags) => {
      const diagnosis = await withServerOrDirectory<Diagnosis>(process.env, data, {
        server: async (client) => {
          const diagnosis = await client.call('GET', '/v1/doctor', Answer);
          return thorough ? besideServer(diagnosis) : diagnosis;
        },
        directory: (open) => examineClosed(open, thorough ?? false),
      });
      const { out } = outputOf(doctor);
      out(json ? `${JSON.stringify(diagnosis, null, 2)}\n` : diagnosisTable(diagnosis));
      if (diagnosis.level !== 'problem') return;
      const problems = diagnosis.findings.filter(({ level }) => level === 'problem').length;
      throw new ProblemsFound(`${problems} ${problems === 1 ? 'problem' : 'problems'} found`);
    });
};

/** The file is read by this process, so that the server goes on serving. */
const besideServer = async (diagnosis: Diagnosis): Promise<Diagnosis> => {
  const { log } = new DataDirectory(resolve(process.env['DRIFTLEDGER_DATA'] || '.driftledger'));
  if (!existsSync(log))
    throw new UsageError(
      'THOROUGH',
      `the whole log is read from its file, and there is no ${log}: ask where the server runs, with DRIFTLEDGER_DATA`,
    );
  const store = new SqliteEventStore({ file: log, clock: new SystemClock(), readOnly: true });
  try {
    return await withWholeLog(diagnosis, store);
  } finally {
    await store.close();
  }
};

const examineClosed = async (open: ClosedDirectory, thorough: boolean): Promise<Diagnosis> =>
  examine({
    ...open,
    version: 'no server runs; this command',
    watch: new ClockWatch(open.clock),
    readers: () => readersOf(open),
    unknownVariables: readConfiguration(process.env).unknown,
    thorough,
  });

/** How far each projection had come when the server stopped. */
const readersOf = async ({ store, checkpoints }: ClosedDirectory): Promise<readonly ReaderState[]> => {
  const head = (await store.head())?.commit ?? 0n;
  return Promise.all(
    ALL_PROJECTIONS.map(async ({ projection }) => {
      const name = projectionId(projection);
      const behind = head - ((await checkpoints.load(name))?.commit ?? 0n);
      return { name, lag: behind > 0n ? behind : 0n };
    }),
  );
};

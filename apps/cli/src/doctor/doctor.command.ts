import { type Command } from 'commander';
import { z } from 'zod';
import { ALL_PROJECTIONS } from '#libs/catalogue';
import { projectionId } from '#libs/clickhouse';
import { readConfiguration } from '#libs/configuration';
import { ClockWatch, type Diagnosis, type ReaderState, examine } from '#libs/operations';
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
    .option('--thorough', 'read the whole log and verify every digest; no server may have it open')
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', DETAILS)
    .action(async ({ data, thorough, json }: DoctorFlags) => {
      const diagnosis = await withServerOrDirectory<Diagnosis>(process.env, data, {
        server: async (client) => {
          if (thorough) throw new UsageError('THOROUGH', 'reading the whole log would hold up the running server: stop it first');
          return client.call('GET', '/v1/doctor', Answer);
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

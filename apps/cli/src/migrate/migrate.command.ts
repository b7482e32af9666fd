import { type Command } from 'commander';
import { z } from 'zod';
import { type MigrationPlan, planMigrations } from '#libs/clickhouse';
import { readClickHouse } from '#libs/configuration';
import { migrateClosed, withServerOrDirectory } from '../closed-directory.js';
import { outputOf } from '../output.js';
import { UsageError } from '../usage-error.js';
import { migrateServer, planServer } from './server-schema.js';

type MigrateFlags = { readonly data?: string; readonly plan?: true; readonly json?: true };
type Report = { readonly applied: readonly string[]; readonly known: number; readonly by: 'server' | 'command' };

const DETAILS = `
A server brings its read model to the newest schema when it starts; a running one has nothing left to do, and says so. Opens the data
directory (DRIFTLEDGER_DATA, default .driftledger) when no server runs.

With DRIFTLEDGER_CLICKHOUSE it works on that ClickHouse server instead (and DRIFTLEDGER_CLICKHOUSE_USER, _PASSWORD_FILE, _CA_FILE), with
DRIFTLEDGER_CLICKHOUSE_CLUSTER on all replicas of that cluster. Several may run at once: one applies, the others wait. What was applied is
recorded in the log where DRIFTLEDGER_EVENTSTORE or DRIFTLEDGER_EVENTSTORE_FILE says where it is.

--plan prints the statements that would run, as SQL, and runs none.`;

const Answer = z.object({ applied: z.array(z.string()), known: z.int() });

/** `driftledger migrate`. */
export const register = (program: Command): void => {
  const command = program.command('migrate').description('bring the read model to the newest schema');
  command
    .option('--data <directory>', 'open this data directory, without looking for a server')
    .option('--plan', 'print what would run, and run nothing')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', DETAILS)
    .action(async ({ data, plan, json }: MigrateFlags) => {
      const answer = plan ? await planned(data) : await migrated(data);
      const words = 'due' in answer ? asSql(answer) : inWords(answer);
      outputOf(command).out(json ? `${JSON.stringify(answer, null, 2)}\n` : words);
    });
};

const migrated = async (data: string | undefined): Promise<Report> => {
  const clickHouse = data === undefined ? readClickHouse(process.env) : undefined;
  if (clickHouse) return { ...(await migrateServer(clickHouse, process.env)), by: 'command' };
  return withServerOrDirectory<Report>(process.env, data, {
    server: async (client) => ({ ...(await client.call('POST', '/v1/migrate', Answer, {})), by: 'server' }),
    directory: async (open) => ({ ...(await migrateClosed(open, 'migrate')), by: 'command' }),
  });
};

const planned = async (data: string | undefined): Promise<MigrationPlan> => {
  const clickHouse = data === undefined ? readClickHouse(process.env) : undefined;
  if (clickHouse) return planServer(clickHouse);
  return withServerOrDirectory(process.env, data, {
    server: () =>
      Promise.reject(new UsageError('PLAN', 'a running server has applied what there is; --plan takes --data or DRIFTLEDGER_CLICKHOUSE')),
    directory: (open) => planMigrations(open.clickHouse),
  });
};

const inWords = ({ applied, known, by }: Report): string => {
  if (applied.length > 0) return `${applied.map((name) => `applied ${name}`).join('\n')}\n`;
  return `${by === 'server' ? 'The running server has applied' : 'The read model has'} all ${known} migrations.\n`;
};

const asSql = ({ due, known }: MigrationPlan): string => {
  if (due.length === 0) return `-- Nothing is due: the read model has all ${known} migrations.\n`;
  return due.map(({ name, statements }) => `-- ${name}\n${statements.map((statement) => `${statement};\n`).join('\n')}`).join('\n');
};

import { type Command } from 'commander';
import { z } from 'zod';
import { migrateClosed, withServerOrDirectory } from '../closed-directory.js';
import { outputOf } from '../output.js';

type MigrateFlags = { readonly data?: string; readonly json?: true };
type Report = { readonly applied: readonly string[]; readonly known: number; readonly by: 'server' | 'command' };

const DETAILS = `
A server brings its read model to the newest schema when it starts; a running one has nothing left to do, and says so. Opens the data
directory (DRIFTLEDGER_DATA, default .driftledger) when no server runs.`;

const Answer = z.object({ applied: z.array(z.string()), known: z.int() });

/** `driftledger migrate`. */
export const register = (program: Command): void => {
  const command = program.command('migrate').description('bring the read model to the newest schema');
  command
    .option('--data <directory>', 'open this data directory, without looking for a server')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', DETAILS)
    .action(async ({ data, json }: MigrateFlags) => {
      const report = await withServerOrDirectory<Report>(process.env, data, {
        server: async (client) => ({ ...(await client.call('POST', '/v1/migrate', Answer, {})), by: 'server' }),
        directory: async (open) => ({ ...(await migrateClosed(open, 'migrate')), by: 'command' }),
      });
      outputOf(command).out(json ? `${JSON.stringify(report, null, 2)}\n` : inWords(report));
    });
};

const inWords = ({ applied, known, by }: Report): string => {
  if (applied.length > 0) return `${applied.map((name) => `applied ${name}`).join('\n')}\n`;
  return `${by === 'server' ? 'The running server has applied' : 'The read model has'} all ${known} migrations.\n`;
};

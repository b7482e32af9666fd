import { type Command } from 'commander';
import { SystemClock } from '#libs/kernel';
import { InProcessLeases } from '#libs/leases/in-process';
import { NO_READERS, type RebuildMessage, Rebuilds, projectionNamed, projectionNames } from '#libs/operations';
import { type ClosedDirectory, commandLineMeta, migrateClosed, withServerOrDirectory } from '../closed-directory.js';
import { type CommandOutput, outputOf } from '../output.js';
import { UsageError } from '../usage-error.js';
import { Line } from './answers.js';
import { outcomeText, progressText } from './table.js';

type RebuildFlags = { readonly data?: string; readonly check?: true; readonly json?: true };
type Done = Extract<RebuildMessage, { readonly kind: 'done' }>;

const DETAILS = `
Builds the tables of a projection anew from the log, beside the live ones, compares them row for row, and puts the new ones in their
place. A running server takes predictions meanwhile; interrupting the command leaves the live tables as they were. Talks to the running
server (DRIFTLEDGER_URL), or opens the data directory (DRIFTLEDGER_DATA, default .driftledger) when none runs.
Projections: ${projectionNames().join(', ')}.
Example: driftledger rebuild predictions`;

/** The rebuild ended without a result; the code is the server's, or says what happened. */
class RebuildFailed extends Error {
  override readonly name = 'RebuildFailed';
}

/** `driftledger rebuild <projection>`. */
export const register = (program: Command): void => {
  const command = program.command('rebuild').description('build a projection of the read model anew from the log');
  command
    .argument('<projection>', projectionNames().join(', '))
    .option('--data <directory>', 'open this data directory, without looking for a server')
    .option('--check', 'only compare; leave the live tables as they are')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', DETAILS)
    .action(async (name: string, flags: RebuildFlags) => {
      const output = outputOf(command);
      const done = await withServerOrDirectory<Done>(process.env, flags.data, {
        server: (client) => {
          const path = `/v1/projections/${encodeURIComponent(name)}/rebuild`;
          return follow(client.lines('POST', path, Line, { adopt: !flags.check }), output);
        },
        directory: (open) => rebuildClosed(open, name, !flags.check, output),
      });
      output.out(flags.json ? `${JSON.stringify(done, null, 2)}\n` : outcomeText(done));
    });
};

/** Of a closed directory the schema comes first: a newer release may know tables the directory does not have yet. */
const rebuildClosed = async (open: ClosedDirectory, name: string, adopt: boolean, output: CommandOutput): Promise<Done> => {
  const catalogued = projectionNamed(name);
  if (!catalogued) throw new UsageError('PROJECTION_UNKNOWN', `there is no projection ${name}; there are ${projectionNames().join(', ')}`);
  await migrateClosed(open, 'rebuild');
  const rebuilds = new Rebuilds({ ...open, live: NO_READERS }, new InProcessLeases(new SystemClock()));
  return follow(await rebuilds.start({ catalogued, adopt, meta: commandLineMeta('rebuild') }), output);
};

const CLEAR_LINE = '\r\u001b[K';

/** Draws the progress for a person, and gives the outcome. @throws RebuildFailed */
const follow = async (messages: AsyncIterable<RebuildMessage>, { err, watched }: CommandOutput): Promise<Done> => {
  try {
    for await (const message of messages) {
      if (message.kind === 'done') return message;
      if (message.kind === 'failed') throw new RebuildFailed(`${message.detail} (${message.code})`);
      if (watched) err(`${CLEAR_LINE}${progressText(message)}`);
    }
  } finally {
    if (watched) err(CLEAR_LINE);
  }
  throw new RebuildFailed('the server ended before the rebuild was done; the live tables hold what they should');
};

import { Command, CommanderError } from 'commander';
import { DatasetError } from '#libs/datasets';
import { register as audit } from './audit/audit.command.js';
import { register as compare } from './compare/compare.command.js';
import { register as demo } from './demo/demo.command.js';
import { register as deployment } from './deployment/deployment.command.js';
import { register as detect } from './detect/detect.command.js';
import { register as doctor } from './doctor/doctor.command.js';
import { register as estimate } from './estimate/estimate.command.js';
import { register as key } from './key/key.command.js';
import { register as principal } from './key/principal.command.js';
import { register as methods } from './methods/methods.command.js';
import { register as migrate } from './migrate/migrate.command.js';
import { register as rebuild } from './rebuild/rebuild.command.js';
import { register as reference } from './reference/reference.command.js';
import { UsageError } from './usage-error.js';

/** Where a command writes; tests give their own. */
export type Output = { readonly out: (text: string) => void; readonly err: (text: string) => void };

/** One entry per command; each adds itself to the program. */
const COMMANDS: readonly ((program: Command) => void)[] = [
  compare,
  estimate,
  detect,
  methods,
  demo,
  audit,
  deployment,
  reference,
  key,
  principal,
  doctor,
  migrate,
  rebuild,
];

const build = ({ out, err }: Output): Command => {
  const program = new Command('driftledger').description('Watches machine-learning models in production and can prove what it saw.');
  // Set before the commands are added: each of them inherits both.
  program.exitOverride().configureOutput({ writeOut: out, writeErr: err });
  COMMANDS.forEach((register) => register(program));
  return program;
};

/** What a failure says to the person at the terminal: one line, never a stack, unless DEBUG asks for it. */
const explain = (error: unknown): string => {
  if (process.env['DEBUG'] !== undefined && error instanceof Error) return `${error.stack ?? error.message}\n`;
  if (error instanceof UsageError || error instanceof DatasetError) return `error ${error.code}: ${error.message}\n`;
  return `error: ${error instanceof Error ? error.message : String(error)}\n`;
};

/**
 * Runs one command line (without node and script) and gives the exit status: 0 done, 1 failed, 2 wrong usage.
 * Never throws: whatever a command throws becomes one line on the error output.
 */
export const run = async (argv: readonly string[], output: Output): Promise<number> => {
  try {
    await build(output).parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has written its own message, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    output.err(explain(error));
    return error instanceof UsageError ? 2 : 1;
  }
};

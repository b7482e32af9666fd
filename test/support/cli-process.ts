import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../dist/apps/cli/src/main.js');

/** What a command line printed, and its exit status. */
export type CliRun = { readonly status: number | null; readonly out: string; readonly err: string };

/** Runs the built command line as a user does. Nothing of this process's own settings reaches it but what is given. */
export const runCli = async (argv: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<CliRun> => {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('DRIFTLEDGER_')));
  const child = spawn(process.execPath, ['--enable-source-maps', MAIN, ...argv], {
    env: { ...own, NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()));
  await once(child, 'close');
  return { status: child.exitCode, out, err };
};

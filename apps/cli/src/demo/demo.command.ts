import { type Command } from 'commander';
import { UsageError } from '../usage-error.js';

type RawOptions = { readonly full?: true; readonly every?: string; readonly until?: string; readonly json?: true };

const QUARTER = 4;

const DETAILS = `
Three million flights of 2001 are the data: a small model, trained on January, predicts which come in late. The demo starts a server of its
own in <data>/demo (DRIFTLEDGER_DATA, default .driftledger; deleted and made anew each time), sends every prediction and its outcome through
HTTP, has a monitor with the defaults watch them, and asks through GraphQL what it found. It leaves report.html there and prints how to
serve what it made. It says so when something known to be true of these flights does not come out.
Sizes: a quarter of the flights takes one to three minutes and about 300 MB of disk, all of them four times that.`;

/** `driftledger demo`: the main job on real data, through the public interfaces. */
export const register = (program: Command): void => {
  const command = program
    .command('demo')
    .description('watch a model through five months of real flights and see what drifted')
    .option('--full', 'all flights instead of a quarter')
    .option('--every <number>', 'one flight of so many (default 4)')
    .option('--until <day>', 'stop before this day of 2001, such as 2001-03-10')
    .option('--json', 'print the result as JSON, without progress')
    .addHelpText('after', DETAILS);
  command.action(async (raw: RawOptions) => {
    const options = { every: everyOf(raw), ...untilOf(raw) };
    // Loaded when it runs: no other command needs a model, an engine for it and three million flights.
    const { runDemo } = await import('./run-demo.js');
    const { resultOf } = await import('./demo-result.js');
    const { summaryOf } = await import('./summary.js');
    const { lineProgress, noProgress } = await import('./progress.js');
    const { writeOut, writeErr } = command.configureOutput();
    const write = writeOut ?? ((text: string): void => void process.stdout.write(text));
    const writeError = writeErr ?? ((text: string): void => void process.stderr.write(text));
    const quiet = raw.json === true || process.stderr.isTTY !== true;
    const progress = quiet ? noProgress : lineProgress(writeError, () => performance.now());
    const { report, alerts, places } = await runDemo({
      dataDirectory: process.env['DRIFTLEDGER_DATA'] || '.driftledger',
      ...options,
      progress,
    });
    if (raw.json !== true) return write(summaryOf(report, places));
    write(`${JSON.stringify(resultOf(report, alerts), null, 2)}\n`);
    for (const { what, held, found } of report.checks) if (!held) writeError(`did not come out: ${what}: ${found}\n`);
  });
};

const everyOf = ({ full, every }: RawOptions): number => {
  if (full === true && every !== undefined) throw new UsageError('EVERY', 'give --full or --every, not both');
  if (full === true) return 1;
  const number = every === undefined ? QUARTER : Number(every);
  if (!Number.isInteger(number) || number < 1 || number > 1000)
    throw new UsageError('EVERY', '--every takes a whole number from 1 to 1000');
  return number;
};

const untilOf = ({ until }: RawOptions): { readonly until?: number } => {
  if (until === undefined) return {};
  const time = /^\d{4}-\d{2}-\d{2}$/.test(until) ? Date.parse(`${until}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || time <= Date.UTC(2001, 0, 29))
    throw new UsageError('UNTIL', '--until takes a day after 2001-01-29, such as 2001-03-10');
  return { until: time };
};

import { type Command } from 'commander';
import { globalId } from '#libs/graphql-kit';
import { ENTRIES_MAX, entriesOf, monitorIdOf, REFERENCE_WINDOWS_MAX } from '#libs/monitoring';
import { type Client, connect } from '../client.js';
import { UsageError } from '../usage-error.js';
import { DEPLOYMENT, DeploymentAnswer, MONITOR, MonitorAnswer, Taken } from './answers.js';
import { type CountedFile, countFile } from './count-file.js';
import { columnMapOf } from './file-rows.js';

type ImportOptions = {
  readonly columnMap?: readonly string[];
  readonly timeColumn?: string;
  readonly windows: string;
  readonly reason?: string;
  readonly json?: true;
};

const DETAILS = `
The file is read here (CSV, TSV, NDJSON, Parquet); only its counts are sent, never its rows. Columns are counted as the features of the
deployment they are named after, on its grids; numbers without a grid bring theirs. Words are compared by name. Features that are personal
stay out. The monitor compares with the file from its next window on.
With --time-column the file is cut into the monitor's windows, of which the last ones with enough rows are kept: so the monitor knows how
much windows differ without drift, and judges by it. Times are epoch milliseconds, or dates and times (without an offset: UTC).
The command talks to the running server: DRIFTLEDGER_URL (default http://127.0.0.1:4000), with DRIFTLEDGER_KEY or the key in
<data>/admin.key.
Example: driftledger reference import flights train.parquet --time-column date --column-map dest=destination`;

/** `driftledger reference import`. */
export const register = (program: Command): void => {
  const reference = program.command('reference').description('make files the reference of monitors').addHelpText('after', DETAILS);
  const write = (text: string): void => (reference.configureOutput().writeOut ?? ((out: string) => void process.stdout.write(out)))(text);
  reference
    .command('import')
    .description('compare the predictions of a monitor with a file, such as the training data')
    .argument('<monitor>', 'name of the monitor')
    .argument('<file>', 'CSV, TSV, NDJSON or Parquet, by its ending')
    .option('--column-map <column=feature...>', 'columns that are named otherwise than their feature (repeatable)')
    .option('--time-column <column>', 'cut the file into windows by this column')
    .option('--windows <count>', `windows to keep, the last ones with enough rows; at most ${REFERENCE_WINDOWS_MAX}`, '28')
    .option('--reason <text>', 'why, for the audit trail (default: the name of the file)')
    .option('--json', 'print the answer as JSON')
    .action(async (monitor: string, file: string, options: ImportOptions) =>
      write(await importReference(await connect(process.env), { monitor, file }, options)),
    );
};

const windowsOf = (text: string): number => {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 2 || count > REFERENCE_WINDOWS_MAX)
    throw new UsageError('WINDOWS', `--windows lies between 2 and ${REFERENCE_WINDOWS_MAX}`);
  return count;
};

type Target = { readonly monitor: string; readonly file: string };

/** @throws UsageError | DatasetError | ServerError */
const importReference = async (client: Client, { monitor: name, file }: Target, options: ImportOptions): Promise<string> => {
  const reading = { columns: columnMapOf(options.columnMap ?? []), timeColumn: options.timeColumn, windowsMax: windowsOf(options.windows) };
  const { node: monitor } = await client.graphql(MONITOR, MonitorAnswer, { id: globalId('Monitor', monitorIdOf(name)) });
  if (!monitor) throw new UsageError('NO_SUCH_MONITOR', `no monitor is named ${name}`);
  const { deployment } = await client.graphql(DEPLOYMENT, DeploymentAnswer, { name: monitor.deployment });
  const counted = await countFile(file, monitor, deployment?.features ?? [], reading);
  const entries = counted.subjects.reduce((sum, subject) => sum + entriesOf(subject), 0);
  if (entries > ENTRIES_MAX)
    throw new UsageError('COUNTS', `the file makes ${entries} counts, the limit is ${ENTRIES_MAX}: keep fewer --windows, or fewer columns`);
  const { source, rows, windows, subjects, grids } = counted;
  const reason = options.reason ?? `${source.file} becomes the reference`;
  const body = { name: source.file, source, rows, ...(windows && { windows }), subjects, grids, reason };
  const taken = await client.call('POST', `/v1/monitors/${encodeURIComponent(name)}/references`, Taken, body);
  return options.json
    ? `${JSON.stringify(summaryOf(name, counted, taken), null, 2)}\n`
    : told(name, counted, reading.timeColumn !== undefined);
};

const summaryOf = (monitor: string, counted: CountedFile, taken: { readonly referenceId: string; readonly digest: string }): object => ({
  monitor,
  ...taken,
  source: counted.source,
  rows: counted.rows,
  rowsLeftOut: counted.rowsOfFile - counted.rows,
  windows: (counted.windows ?? []).map(({ from, until, rows }) => ({
    from: new Date(from).toISOString(),
    until: new Date(until).toISOString(),
    rows,
  })),
  subjects: counted.subjects.map(({ subject }) => subject),
  newGrids: Object.keys(counted.grids),
  ignored: counted.ignored,
});

const told = (monitor: string, { source, rows, rowsOfFile, windows, subjects, grids, ignored }: CountedFile, wanted: boolean): string => {
  const lines = [`${monitor} compares with ${source.file} from its next window on: ${rows} rows, ${subjects.length} features.`];
  if (windows) lines.push(`${windows.length} windows say how much windows differ without drift.`);
  else if (wanted) lines.push('Fewer than two windows have enough rows: how much windows differ without drift is not known.');
  else lines.push('How much windows differ without drift is not known; --time-column tells.');
  if (rows < rowsOfFile) lines.push(`${rowsOfFile - rows} rows are outside these windows.`);
  if (Object.keys(grids).length > 0) lines.push(`Counted on a grid of the file from now on: ${Object.keys(grids).join(', ')}.`);
  if (ignored.length > 0) lines.push(`Left out, as no features that a file may bring: ${ignored.join(', ')}.`);
  return `${lines.join('\n')}\n`;
};

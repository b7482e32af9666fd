/**
 * Size of every method: how often two samples of one distribution are called different at the level 0.05. Writes what it
 * measured into libs/statistics/src/oracles/calibration.json and calibration-of-rows.json and the tables into the README of the library, keeps what it did
 * not measure, and fails where a method alarms too often, or too seldom where scores are continuous.
 *
 * `--method psi --method …` measures those alone; `--n 50` and `--data tied` likewise; `--missing` what no earlier
 * measurement of the same versions holds. One thread per core, each with one kind of data at one size at a time.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { METHODS } from '#libs/statistics';
import { ALL_SIZES, DATA, LEVEL, LIMITS, type Rate, ROUNDS, RUNS, sizesOf } from './calibration-of-methods.js';
import { ROWS, ROWS_METHODS, ROWS_SIZES, type RowsRate } from './calibration-of-rows.js';
import { README, withTable } from './calibration-table.js';
import { type CalibrationAnswer, type CalibrationTask } from './calibration-worker.js';

const FILE = 'libs/statistics/src/oracles/calibration.json';
const ROWS_FILE = 'libs/statistics/src/oracles/calibration-of-rows.json';
const MEANING =
  'at the level 0.05: n rows in the reference, m in the current sample; rate = alarms / runs, at most limits.highest and at least atLeast; ' +
  `${String(RUNS.first)} runs, ${String(RUNS.near)} where the rate of the first was outside of limits.near; repeated: alarms of the first 400 runs; `;
const OF_METHODS =
  `How often each method calls two samples of one distribution different ${MEANING}` +
  `conservative: below 3 %; refused: runs without an answer. Laws that are drawn have ${String(ROUNDS)} rounds, mmd its own 199 splits.`;
const OF_ROWS = `How often each method over rows calls two samples of one distribution different ${MEANING}splits: random splits behind a p-value here.`;

const { values } = parseArgs({
  options: {
    method: { type: 'string', multiple: true },
    n: { type: 'string', multiple: true },
    data: { type: 'string', multiple: true },
    missing: { type: 'boolean', default: false },
  },
});
const isChosen = (chosen: readonly string[] | undefined, one: string | number): boolean => chosen?.includes(String(one)) ?? true;

type Key = { readonly method: string; readonly n: number; readonly m: number };
const keyOf = ({ method, n, m }: Key, data: number): string =>
  `${method} ${String(data)} ${String(n).padStart(6)} ${String(m).padStart(6)}`;
const keyOfRate = (rate: Key & Pick<Rate, 'data'>): string => keyOf(rate, DATA.indexOf(rate.data));
const keyOfRows = (rate: Key & Pick<RowsRate, 'rows'>): string => keyOf(rate, ROWS.indexOf(rate.rows));

/** What an earlier measurement holds of the methods in their present versions. */
const before = <T extends Key & { readonly version: number }>(
  file: string,
  known: readonly { readonly id: string; readonly version: number }[],
  key: (rate: T) => string,
): Map<string, T> => {
  try {
    const stored: { readonly rates: readonly T[] } = JSON.parse(readFileSync(file, 'utf8'));
    const present = stored.rates.filter(({ method, version }) => known.some((one) => one.id === method && one.version === version));
    return new Map(present.map((rate) => [key(rate), rate]));
  } catch {
    return new Map();
  }
};
const rates = before<Rate>(FILE, METHODS, keyOfRate);
const rowsRates = before<RowsRate>(ROWS_FILE, ROWS_METHODS, keyOfRows);
const sorted = <T>(stored: ReadonlyMap<string, T>): T[] => [...stored].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rate]) => rate);

const write = (file: string, meaning: string, all: readonly object[]): void => {
  const lines = all.map((rate) => `    ${JSON.stringify(rate)}`);
  const head = `  "meaning": ${JSON.stringify(meaning)},\n  "level": ${String(LEVEL)},\n  "limits": ${JSON.stringify(LIMITS)}`;
  writeFileSync(file, `{\n${head},\n  "rates": [\n${lines.join(',\n')}\n  ]\n}\n`);
};

const lineOf = (method: string, data: string, { n, m, rate }: { readonly n: number; readonly m: number; readonly rate: number }): string =>
  `${method.padEnd(28)}${data.padEnd(12)}${String(n).padStart(6)}${String(m).padStart(7)}   ${rate.toFixed(4)}`;
const line = (rate: Rate): string => lineOf(rate.method, rate.data, rate);
const rowsLine = (rate: RowsRate): string => lineOf(rate.method, rate.rows, rate);

const tasksOfMethods = (): CalibrationTask[] =>
  ALL_SIZES.filter(({ n }) => isChosen(values.n, n)).flatMap((size) =>
    DATA.filter((data) => isChosen(values.data, data)).map((data) => {
      const methods = METHODS.filter(
        (method) => isChosen(values.method, method.id) && sizesOf(method).some(({ n, m }) => n === size.n && m === size.m),
      );
      const ids = methods.map(({ id }) => id);
      return { ...size, data, methods: values.missing ? ids.filter((method) => !rates.has(keyOfRate({ method, data, ...size }))) : ids };
    }),
  );
const tasksOfRows = (): CalibrationTask[] =>
  ROWS_METHODS.filter(({ id }) => isChosen(values.method, id)).flatMap(({ id: method }) =>
    ROWS_SIZES.filter(({ n }) => isChosen(values.n, n)).flatMap((size) =>
      ROWS.filter((rows) => isChosen(values.data, rows))
        .map((rows) => ({ ...size, rows, method }))
        .filter((task) => !(values.missing && rowsRates.has(keyOfRows(task)))),
    ),
  );
/** What takes longest first, so that no thread ends long after the others. */
const tasks = [...tasksOfMethods().filter((task) => !('methods' in task) || task.methods.length > 0), ...tasksOfRows()].sort(
  (a, b) => b.n + b.m - a.n - a.m,
);

const record = (answer: CalibrationAnswer): void => {
  for (const rate of answer.rates) rates.set(keyOfRate(rate), rate);
  for (const rate of answer.rows) rowsRates.set(keyOfRows(rate), rate);
  console.log([...answer.rates.map(line), ...answer.rows.map(rowsLine)].join('\n'));
  write(FILE, OF_METHODS, sorted(rates));
  write(ROWS_FILE, OF_ROWS, sorted(rowsRates));
};

const work = async (): Promise<void> => {
  const worker = new Worker(new URL('./calibration-worker.js', import.meta.url));
  for (let task = tasks.shift(); task; task = tasks.shift()) {
    const answered = new Promise<CalibrationAnswer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    worker.postMessage(task);
    record(await answered);
    worker.removeAllListeners('error');
  }
  await worker.terminate();
};
await Promise.all(Array.from({ length: availableParallelism() }, work));

writeFileSync(README, withTable(readFileSync(README, 'utf8'), sorted(rates), sorted(rowsRates)));

const isOutside = ({ rate, atLeast }: { readonly rate: number; readonly atLeast: number }): boolean =>
  rate < atLeast || rate > LIMITS.highest;
const outside = [...sorted(rates).filter(isOutside).map(line), ...sorted(rowsRates).filter(isOutside).map(rowsLine)];
const conservative = sorted(rates).filter((rate) => rate.conservative);
console.log(`conservative, below ${String(LIMITS.lowest)}:\n${conservative.map(line).join('\n')}`);
console.log(`outside of their bounds:\n${outside.join('\n')}`);
process.exitCode = outside.length > 0 ? 1 : 0;

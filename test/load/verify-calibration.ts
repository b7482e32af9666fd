/**
 * Size of every method of the catalogue: how often two samples of one distribution are called different at the level 0.05. Writes what it
 * measured into libs/statistics/src/oracles/calibration.json and the table into the README of the library, keeps what it did not measure,
 * and fails where a method alarms too often, or too seldom where scores are continuous.
 *
 * `--method psi --method …` measures those alone; `--n 50`, `--data tied` and `--runs 2000` likewise.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { METHODS } from '#libs/statistics';
import { ALL_SIZES, DATA, LEVEL, LIMITS, measureRates, type Rate, sizesOf } from './calibration-of-methods.js';
import { README, withTable } from './calibration-table.js';

const FILE = 'libs/statistics/src/oracles/calibration.json';
const MEANING =
  'How often each method calls two samples of one distribution different at the level 0.05: n rows in the reference, m in the current ' +
  'sample; rate = alarms / runs; atLeast and atMost bound it; conservative: below 3 %; repeated: alarms of the first 400 runs.';

type Calibration = { readonly rates: readonly Rate[] };

const { values } = parseArgs({
  options: {
    method: { type: 'string', multiple: true },
    n: { type: 'string', multiple: true },
    data: { type: 'string', multiple: true },
    runs: { type: 'string', default: '2000' },
  },
});
const chosen = METHODS.filter(({ id }) => values.method?.includes(id) ?? true);
const sizes = ALL_SIZES.filter(({ n }) => values.n?.includes(String(n)) ?? true);
const data = DATA.filter((one) => values.data?.includes(one) ?? true);

const keyOf = ({ method, data, n, m }: Pick<Rate, 'method' | 'data' | 'n' | 'm'>): string =>
  `${method} ${DATA.indexOf(data)} ${String(n).padStart(6)} ${String(m).padStart(6)}`;
const before = (): readonly Rate[] => {
  try {
    const stored: Calibration = JSON.parse(readFileSync(FILE, 'utf8'));
    return stored.rates;
  } catch {
    return [];
  }
};

const rates = new Map(
  before()
    .filter(({ method, version }) => METHODS.some((known) => known.id === method && known.version === version))
    .map((rate) => [keyOf(rate), rate]),
);
const sorted = (): Rate[] => [...rates.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

const write = (): void => {
  const lines = sorted().map((rate) => `    ${JSON.stringify(rate)}`);
  const head = `  "meaning": ${JSON.stringify(MEANING)},\n  "level": ${LEVEL},\n  "limits": ${JSON.stringify(LIMITS)}`;
  writeFileSync(FILE, `{\n${head},\n  "rates": [\n${lines.join(',\n')}\n  ]\n}\n`);
};

const line = ({ method, data, n, m, rate }: Rate): string =>
  `${method.padEnd(24)}${data.padEnd(8)}${String(n).padStart(6)}${String(m).padStart(7)}   ${rate.toFixed(4)}`;

for (const size of sizes) {
  for (const one of data) {
    const methods = chosen.filter((method) => sizesOf(method, one).some(({ n, m }) => n === size.n && m === size.m));
    for (const rate of measureRates(methods, one, size, Number(values.runs))) {
      rates.set(keyOf(rate), rate);
      console.log(line(rate));
    }
    write();
  }
}
writeFileSync(README, withTable(readFileSync(README, 'utf8'), sorted()));

const outside = sorted().filter(({ rate, atLeast, atMost }) => rate < atLeast || rate > atMost);
const conservative = sorted().filter((rate) => rate.conservative);
console.log(`conservative, below ${LIMITS.lowest}:\n${conservative.map(line).join('\n')}`);
console.log(`outside of their bounds:\n${outside.map(line).join('\n')}`);
process.exitCode = outside.length > 0 ? 1 : 0;

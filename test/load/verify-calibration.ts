/**
 * Size of every method of the catalogue: how often two samples of one distribution are called different at the level 0.05. Writes what it
 * measured into libs/statistics/src/oracles/calibration.json, keeps what it did not measure, and fails where a method alarms too often.
 *
 * `--method psi --method …` measures those alone; `--n 50` and `--runs 2000` likewise.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type MethodId, METHODS } from '#libs/statistics';
import { DATA, LEVEL, measureRates, type Rate } from './calibration-of-methods.js';

const FILE = 'libs/statistics/src/oracles/calibration.json';
const SIZES = [50, 200, 1000, 10_000];
/** Methods that look at every pair of rows. */
const QUADRATIC: readonly string[] = ['mmd'];
const QUADRATIC_SIZE_MAX = 1000;
/** Above this rate a method raises false alarms; below the other it wastes its level. */
const LIMITS = { highest: 0.06, lowest: 0.03 };

type Calibration = { readonly level: number; readonly limits: typeof LIMITS; readonly rates: readonly Rate[] };

const { values } = parseArgs({
  options: { method: { type: 'string', multiple: true }, n: { type: 'string', multiple: true }, runs: { type: 'string', default: '2000' } },
});
const chosen = METHODS.filter(({ id }) => values.method?.includes(id) ?? true);
const sizes = values.n?.map(Number) ?? SIZES;

const keyOf = ({ method, data, n }: Pick<Rate, 'method' | 'data' | 'n'>): string => `${method} ${data} ${String(n).padStart(6)}`;
const before = (): readonly Rate[] => {
  try {
    const stored: Calibration = JSON.parse(readFileSync(FILE, 'utf8'));
    return stored.rates;
  } catch {
    return [];
  }
};

const versions = new Map<MethodId, number>(METHODS.map(({ id, version }) => [id, version]));
const rates = new Map(
  before()
    .filter(({ method, version }) => versions.get(method) === version)
    .map((rate) => [keyOf(rate), rate]),
);

const write = (): void => {
  const sorted = [...rates.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const lines = sorted.map((rate) => `    ${JSON.stringify(rate)}`).join(',\n');
  writeFileSync(FILE, `{\n  "level": ${LEVEL},\n  "limits": ${JSON.stringify(LIMITS)},\n  "rates": [\n${lines}\n  ]\n}\n`);
};

for (const n of sizes) {
  for (const data of DATA) {
    const methods = chosen.filter(({ id }) => n <= QUADRATIC_SIZE_MAX || !QUADRATIC.includes(id));
    for (const rate of measureRates(methods, data, n, Number(values.runs))) {
      rates.set(keyOf(rate), rate);
      console.log(`${keyOf(rate).padEnd(40)} ${rate.rate.toFixed(4)}`);
    }
    write();
  }
}

const tooMany = [...rates.values()].filter(({ rate }) => rate > LIMITS.highest);
const quiet = [...rates.values()].filter(({ rate }) => rate < LIMITS.lowest);
console.log(`conservative, below ${LIMITS.lowest}:\n${quiet.map((rate) => `  ${keyOf(rate)} ${rate.rate}`).join('\n')}`);
console.log(`above ${LIMITS.highest}:\n${tooMany.map((rate) => `  ${keyOf(rate)} ${rate.rate}`).join('\n')}`);
process.exitCode = tooMany.length > 0 ? 1 : 0;

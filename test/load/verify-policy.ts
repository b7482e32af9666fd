/**
 * The default policy over quarters without change, and its power for what is planted, beside two dummies: one that always alarms and one that
 * never does. Prints a table, or one JSON object with `--json`, writes the object to test/load/policy.json, and fails where the policy raises
 * more than one alert in any quarter of the streams for which it promises that, or more than one on average in another.
 *
 * `--quarters`, `--stream` and `--rows-per-day` make it smaller and write nothing.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type JudgeName, type Outcome, PLANTS, runQuarter } from './calibration-of-policy.js';
import { PROMISED, type Stream, STREAMS } from './policy-streams.js';

const { values } = parseArgs({
  options: {
    quarters: { type: 'string' },
    stream: { type: 'string', multiple: true },
    'rows-per-day': { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
  },
});
const FILE = 'test/load/policy.json';
const FEATURES = 60;
/** Quarters take turns with these. */
const ROWS_PER_DAY = values['rows-per-day']?.map(Number) ?? [200, 500, 1000, 2000, 5000];
/** False alerts of a model in a quarter without change. */
const LIMIT = 1;

/** As many as make "at most one in each" a statement where that is promised, and a third of them elsewhere. */
const QUARTERS = { promised: 30, others: 10 };
const quartersOf = (stream: Stream): number => Number(values.quarters ?? (PROMISED.includes(stream) ? QUARTERS.promised : QUARTERS.others));
const streams = STREAMS.filter((stream) => values.stream?.includes(stream) ?? true);
const say = (line: string): void => void (values.json ? undefined : console.log(line));

type Line = {
  readonly stream: Stream;
  readonly judge: JudgeName;
  readonly falseAlerts: { readonly mean: number; readonly most: number; readonly quarters: readonly number[] };
  readonly found: Outcome['found'];
};

const lineOf = (stream: Stream, judge: JudgeName, outcomes: readonly Outcome[]): Line => {
  const alerts = outcomes.map(({ falseAlerts }) => falseAlerts);
  const sum = (plant: (typeof PLANTS)[number]) => ({
    found: outcomes.reduce((all, { found }) => all + found[plant].found, 0),
    of: outcomes.reduce((all, { found }) => all + found[plant].of, 0),
  });
  return {
    stream,
    judge,
    falseAlerts: { mean: alerts.reduce((all, one) => all + one, 0) / alerts.length, most: Math.max(...alerts), quarters: alerts },
    found: { one_shift: sum('one_shift'), five_shifts: sum('five_shifts'), word_vanishes: sum('word_vanishes') },
  };
};

const wordsOf = ({ stream, judge, falseAlerts: { mean, most }, found }: Line): string =>
  [
    stream.padEnd(15),
    judge.padEnd(8),
    mean.toFixed(2).padStart(8),
    String(most).padStart(5),
    ...PLANTS.map((plant) => `${((100 * found[plant].found) / found[plant].of).toFixed(0)} %`.padStart(9)),
  ].join(' ');

say(
  `alerts of ${FEATURES} features in a quarter without change, and what was found within a week: a shift of 0.5 deviations, five, a word gone`,
);
say('stream          judge        mean  most       one      five      word');
const lines: Line[] = [];
for (const stream of streams) {
  const outcomes = Array.from({ length: quartersOf(stream) }, (_, i) =>
    runQuarter({ stream, features: FEATURES, rowsPerDay: ROWS_PER_DAY[i % ROWS_PER_DAY.length] ?? 1000, seed: i + 1 }),
  );
  for (const judge of ['default', 'always', 'never'] as const) {
    const line = lineOf(
      stream,
      judge,
      outcomes.map((outcome) => outcome[judge]),
    );
    lines.push(line);
    say(wordsOf(line));
  }
}
const result = { features: FEATURES, rowsPerDay: ROWS_PER_DAY, limit: LIMIT, lines };
if (values.json) console.log(JSON.stringify(result, null, 2));
if (values.quarters === undefined && values.stream === undefined && values['rows-per-day'] === undefined) {
  const written = lines.map((line) => `    ${JSON.stringify(line)}`).join(',\n');
  const head = JSON.stringify({ features: FEATURES, quarters: QUARTERS, rowsPerDay: ROWS_PER_DAY, limit: LIMIT }).slice(1, -1);
  writeFileSync(FILE, `{\n  ${head},\n  "lines": [\n${written}\n  ]\n}\n`);
}
const isBroken = ({ stream, judge, falseAlerts: { mean, most } }: Line): boolean =>
  judge === 'default' && (PROMISED.includes(stream) ? most : mean) > LIMIT;
if (lines.some(isBroken)) process.exitCode = 1;

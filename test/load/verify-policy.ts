/**
 * The default policy over a quarter without change, and its power for planted shifts, beside two dummies: one that always alarms and one that
 * never does. Prints a table; fails where the policy raises more than one alert per model and quarter on average.
 *
 * `--quarters` and `--rows` change the size.
 */
import { parseArgs } from 'node:util';
import { JUDGES, runQuarter, STREAMS } from './calibration-of-policy.js';

const { values } = parseArgs({ options: { quarters: { type: 'string', default: '5' }, rows: { type: 'string', default: '1000' } } });
const FEATURES = 60;
const PLANTED = 6;
const SHIFTS = [0, 0.25, 0.5, 1];
/** False alerts of a model in a quarter without change. */
const LIMIT = 1;

console.log('stream           shift  judge     false alerts a quarter   found within a week');
for (const stream of STREAMS) {
  for (const shift of SHIFTS) {
    for (const [name, judge] of Object.entries(JUDGES)) {
      const outcomes = Array.from({ length: Number(values.quarters) }, (_, i) =>
        runQuarter({ stream, shift, features: FEATURES, planted: PLANTED, rowsPerDay: Number(values.rows), seed: i + 1 }, judge),
      );
      const sum = (of: 'falseAlerts' | 'found' | 'planted'): number => outcomes.reduce((total, outcome) => total + outcome[of], 0);
      const alerts = sum('falseAlerts') / outcomes.length;
      const found = shift === 0 ? '' : `${sum('found')} of ${sum('planted')}`;
      console.log(`${stream.padEnd(16)} ${String(shift).padEnd(6)} ${name.padEnd(9)} ${alerts.toFixed(2).padEnd(24)} ${found}`);
      if (name === 'default' && shift === 0 && alerts > LIMIT) process.exitCode = 1;
    }
  }
}

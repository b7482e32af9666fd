import { parentPort } from 'node:worker_threads';
import { METHODS, type MethodId } from '#libs/statistics';
import { type Data, measureRates, type Rate, type Sizes } from './calibration-of-methods.js';
import { measureRowsRate, ROWS_METHODS, type RowsPart, type RowsRate } from './calibration-of-rows.js';

/** Methods on one kind of data at one size; or one method over rows. */
export type CalibrationTask =
  (Sizes & { readonly data: Data; readonly methods: readonly MethodId[] }) | (RowsPart & { readonly method: string });
export type CalibrationAnswer = { readonly rates: readonly Rate[]; readonly rows: readonly RowsRate[] };

const answerTo = (task: CalibrationTask): CalibrationAnswer => {
  if ('method' in task) {
    const { method, ...part } = task;
    return { rates: [], rows: ROWS_METHODS.filter(({ id }) => id === method).map((known) => measureRowsRate(known, part)) };
  }
  const { methods, ...part } = task;
  const known = METHODS.filter(({ id }) => methods.includes(id));
  return { rates: measureRates(known, part), rows: [] };
};

// A thread of `verify:calibration`.
parentPort?.on('message', (task: CalibrationTask) => parentPort?.postMessage(answerTo(task)));

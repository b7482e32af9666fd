import { CompensatedSum } from '../summation.js';
import { calibrate, type Calibration, calibrationFor } from './calibration.js';

/** A column of numbers per class, one number per row. */
export type PerClass = ReadonlyMap<string, ArrayLike<number>>;

/** Per class, whether its score is replaced by what it turned out to mean. */
type ClassCalibration = ReadonlyMap<string, Calibration>;

/**
 * Calibrates each class against all others, as if it alone had been asked for (`calibrationFor`). O(classes · n log n).
 * @throws StatisticsError as `calibrationFor`
 */
export const calibrationPerClass = (truth: readonly string[], scores: PerClass): ClassCalibration =>
  new Map(
    [...scores].map(([name, column]) => [
      name,
      calibrationFor(
        truth.map((label) => label === name),
        column,
      ),
    ]),
  );

/**
 * The scores of every class as probabilities that add up to 1 in each row: through the curves where there are some, then divided by their sum; a row
 * of zeros says the same of every class. What NannyML 0.13 does. O(classes · n). Oracle: oracles/cbpe-multiclass.json.
 */
export const calibratePerClass = (calibration: ClassCalibration, scores: PerClass): ReadonlyMap<string, Float64Array> => {
  const columns = [...scores].map(([name, column]) => [name, calibrate(calibration.get(name) ?? {}, column)] as const);
  const rows = columns[0]?.[1].length ?? 0;
  for (let i = 0; i < rows; i += 1) {
    const sum = new CompensatedSum();
    for (const [, column] of columns) sum.add(column[i] ?? 0);
    for (const [, column] of columns) column[i] = sum.value > 0 ? (column[i] ?? 0) / sum.value : 1 / columns.length;
  }
  return new Map(columns);
};

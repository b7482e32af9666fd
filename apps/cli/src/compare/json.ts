import { type ColumnQuality } from '#libs/statistics';
import { type ColumnReport, type CompareReport, type MethodReport } from './report.js';

/** A method's part of the JSON: `reason` stands only where there is no score. */
const method = ({ score, pValue, threshold, drifted, parameters, reason, chance }: MethodReport): Record<string, unknown> => ({
  score,
  ...(pValue !== undefined && { pValue }),
  ...(threshold !== undefined && { threshold }),
  ...(drifted !== undefined && { drifted }),
  parameters,
  ...(reason !== undefined && { reason }),
  ...(chance && { chance }),
});

const column = (
  { kind, n, missing, infinite, methods, effects, hint }: ColumnReport,
  quality: ColumnQuality | undefined,
): Record<string, unknown> => ({
  kind,
  n,
  missing,
  ...(infinite.reference + infinite.current > 0 && { infinite }),
  ...(quality && { quality }),
  ...(effects && { effects }),
  ...(hint !== undefined && { hint }),
  methods: Object.fromEntries(methods.map((report) => [report.id, method(report)])),
});

/**
 * The report for machines: `{columns: {<name>: {kind, n, missing, methods: {<id>: {score, pValue?, threshold?, drifted?, parameters}}}}}`. Infinite
 * values and columns of only one file are added where there are any. With `--quality` every column has `quality` (mismatched, unseen, outOfRange,
 * cardinality, duplicates, becameConstant), and `changed` lists columns of another kind where there are any. With `--level` every column has `effects`
 * and every score `chance` (law, tail, critical where there is no p-value, adjusted, beyond); a `hint` stands where there is one.
 */
export const jsonReport = ({ columns, onlyIn, quality }: CompareReport): Record<string, unknown> => ({
  columns: Object.fromEntries(columns.map((report) => [report.name, column(report, quality?.columns.get(report.name))])),
  ...(onlyIn.reference.length + onlyIn.current.length > 0 && { onlyIn }),
  ...(quality && quality.changed.length > 0 && { changed: quality.changed }),
});

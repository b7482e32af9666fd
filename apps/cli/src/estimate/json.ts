import { type EstimateReport, type MetricReport } from './report.js';

/** JSON has no infinity: an open end is null. */
const end = (value: number): number | null => (Number.isFinite(value) ? value : null);

const metric = ({ value, samplingError, band, threshold, realised }: MetricReport): Record<string, unknown> => ({
  estimate: value,
  samplingError,
  band: { lower: end(band.lower), upper: end(band.upper) },
  threshold: { lower: end(threshold.lower), upper: end(threshold.upper) },
  outside: value < threshold.lower || value > threshold.upper,
  ...(realised !== undefined && { realised }),
});

/**
 * The report for machines: `{parameters, leftOut, chunks: [{from, to, metrics: {<id>: {estimate, samplingError, band, threshold, outside,
 * realised?}}, absent?: [<id>]}], scorecard?: {<id>: {chunks, coverage, bias, meanAbsoluteError, pValue, distrust}}}`.
 */
export const jsonReport = ({ parameters, leftOut, chunks, scorecards }: EstimateReport): Record<string, unknown> => ({
  parameters,
  leftOut,
  chunks: chunks.map(({ from, to, metrics, absent }) => ({
    from,
    to,
    metrics: Object.fromEntries(metrics.map((report) => [report.metric, metric(report)])),
    ...(absent.length > 0 && { absent }),
  })),
  ...(scorecards.size > 0 && { scorecard: Object.fromEntries(scorecards) }),
});

import { formatNumber, formatShare } from '../compare/format.js';
import { type EstimateReport, type MetricReport } from './report.js';

const HEAD = ['rows', 'metric', 'estimate', 'band', 'threshold', 'realised'];
const number = (value: number): string => formatNumber(value, 4);
const interval = ({ lower, upper }: MetricReport['band']): string => `${number(lower)} … ${number(upper)}`;

const row = (rows: string, { metric, value, band, threshold, realised }: MetricReport): string[] => {
  const outside = value < threshold.lower || value > threshold.upper;
  return [
    rows,
    metric,
    `${number(value)}${outside ? ' ✗' : ''}`,
    interval(band),
    interval(threshold),
    realised === undefined ? '' : number(realised),
  ];
};

const aligned = (rows: readonly (readonly string[])[]): string[] => {
  const widths = HEAD.map((_, i) => Math.max(...rows.map((cells) => (cells[i] ?? '').length)));
  return rows.map((cells) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

/** The report for a terminal: one line per chunk and metric, ✗ where the estimate lies outside the threshold; then how the estimates fared. */
export const tableReport = ({ chunks, leftOut, scorecards }: EstimateReport): string => {
  const rows = chunks.flatMap(({ from, to, metrics }) => metrics.map((report) => row(`${from}–${to - 1}`, report)));
  const cards = [...scorecards].map(
    ([metric, { coverage, bias, meanAbsoluteError, chunks: count, distrust }]) =>
      `${distrust ? '✗' : '–'} ${metric}: ${formatShare(coverage)} of ${count} chunks in the band, bias ${number(bias)}, mean absolute error ${number(meanAbsoluteError)}${distrust ? ': do not trust these estimates' : ''}`,
  );
  const left = leftOut.reference + leftOut.current > 0 ? [`– rows without a needed value: ${leftOut.reference} → ${leftOut.current}`] : [];
  const notes = [...left, ...cards];
  return `${[...aligned([HEAD, ...rows]), ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')}\n`;
};

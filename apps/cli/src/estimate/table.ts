import { counted, formatNumber } from '../compare/format.js';
import { type EstimateReport, type MetricReport } from './report.js';

const HEAD = ['rows', 'metric', 'estimate', 'band', 'threshold', 'realised'];
const number = (value: number): string => formatNumber(value, 4);
const ABSENT = 'a share of nothing, a logarithm of negative numbers, or in fewer than two chunks of the reference';
const interval = ({ lower, upper }: MetricReport['band']): string => `${number(lower)} … ${number(upper)}`;

/** Which way estimates were off: of a loss and of a share alike, too high is above what labels showed. */
const off = (bias: number, meanAbsoluteError: number): string =>
  bias === 0
    ? `off by ${number(meanAbsoluteError)} on average, to both sides alike`
    : `off by ${number(meanAbsoluteError)} on average, ${number(Math.abs(bias))} too ${bias > 0 ? 'high' : 'low'} in the mean`;

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

/** A metric without a number is said, not left to be missed. */
const absentNotes = (chunks: EstimateReport['chunks']): string[] => {
  const without = new Map<string, number>();
  for (const { absent } of chunks) for (const metric of absent) without.set(metric, (without.get(metric) ?? 0) + 1);
  return [...without].map(([metric, count]) => `– no ${metric} in ${count} of ${counted(chunks.length, 'chunk')}: ${ABSENT}`);
};

const aligned = (rows: readonly (readonly string[])[]): string[] => {
  const widths = HEAD.map((_, i) => rows.reduce((widest, cells) => Math.max(widest, (cells[i] ?? '').length), 0));
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
      `${distrust ? '✗' : '–'} ${metric}: what labels showed lay in the band in ${Math.round(coverage * count)} of ${counted(count, 'chunk')}; ${off(bias, meanAbsoluteError)}${distrust ? ': do not trust these estimates' : ''}`,
  );
  const left = leftOut.reference + leftOut.current > 0 ? [`– rows without a needed value: ${leftOut.reference} → ${leftOut.current}`] : [];
  const notes = [...left, ...absentNotes(chunks), ...cards];
  return `${[...aligned([HEAD, ...rows]), ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')}\n`;
};

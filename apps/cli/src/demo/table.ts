import { type DemoReport, type SubjectRow } from './report-data.js';
import { dayWords, movedWords, scoreWords } from './wording.js';

const BLOCKS = '▁▂▃▄▅▆▇█';
const DAYS_PER_MARK = 4;
const MOVED_SHOWN = 3;

/** Values as blocks on a fixed scale from 0 to `full`; a gap is a dot. */
export const sparkline = (values: readonly (number | null)[], full: number): string =>
  values
    .map((value) => {
      if (value === null || full <= 0) return '·';
      const level = Math.min(BLOCKS.length - 1, Math.max(0, Math.floor((value / full) * BLOCKS.length)));
      return BLOCKS[level] ?? '·';
    })
    .join('');

/** The largest excess of every few days, so that a single bad day stays visible. */
const marksOf = ({ cells }: SubjectRow): (number | null)[] => {
  const marks: (number | null)[] = [];
  for (let start = 0; start < cells.length; start += DAYS_PER_MARK) {
    const known = cells.slice(start, start + DAYS_PER_MARK).flatMap((cell) => (cell === null ? [] : [cell.excess]));
    marks.push(known.length === 0 ? null : Math.max(...known));
  }
  return marks;
};

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return sorted.length % 2 === 1 ? middle : (middle + (sorted[sorted.length / 2 - 1] ?? 0)) / 2;
};

type Line = readonly string[];

const HEADINGS: Line = ['subject', 'drift, day by day', 'median', 'highest', 'on', 'breaches'];
const NUMERIC = new Set([2, 3, 5]);

const lineOf = (row: SubjectRow, days: readonly string[], full: number): Line => {
  const measured = row.cells.flatMap((cell, i) => (cell === null ? [] : [{ cell, day: days[i] ?? '' }]));
  const highest = [...measured].sort((a, b) => b.cell.score - a.cell.score)[0];
  return [
    row.subject,
    sparkline(marksOf(row), full),
    measured.length === 0 ? '-' : scoreWords(median(measured.map(({ cell }) => cell.score))),
    highest === undefined ? '-' : scoreWords(highest.cell.score),
    highest === undefined ? '-' : dayWords(highest.day),
    String(measured.filter(({ cell }) => cell.verdict === 'breach').length),
  ];
};

const aligned = (lines: readonly Line[]): string[] => {
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const pad = (text: string, column: number): string => {
    const width = widths[column] ?? 0;
    return NUMERIC.has(column) ? text.padStart(width) : text.padEnd(width);
  };
  return lines.map((line) => line.map(pad).join('  ').trimEnd());
};

/** Drift per subject: one line each, with a sparkline of the days. All on one scale, full at the largest excess of the report. */
export const driftTable = ({ subjects, days }: DemoReport): string => {
  const full = Math.max(0, ...subjects.flatMap(({ cells }) => cells.map((cell) => cell?.excess ?? 0)));
  return aligned([HEADINGS, ...subjects.map((row) => lineOf(row, days, full))]).join('\n');
};

/** One line per window in breach: day, subject, score and what moved most. */
export const alertLines = ({ alerts }: DemoReport): string[] =>
  alerts
    .flatMap(({ breaches }) => breaches)
    .sort((a, b) => a.day.localeCompare(b.day) || a.subject.localeCompare(b.subject))
    .map(({ day, subject, cell, moved }) => {
      const names = moved.slice(0, MOVED_SHOWN).map(movedWords).join(', ');
      return `${dayWords(day).padEnd(10)}  ${subject.padEnd(12)}  ${scoreWords(cell.score)}  ${names}`;
    });

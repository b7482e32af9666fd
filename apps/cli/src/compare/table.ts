import { formatPValue, formatScore, formatShare, sparkline } from './format.js';
import { qualityNotes } from './quality.js';
import { type ColumnReport, type CompareReport, type MethodReport, type Moved, type Picture } from './report.js';

/** Width in a terminal, near enough: code points. */
const width = (text: string): number => [...text].length;
const LONGEST_NAME = 28;
/** At most 28 code points of a name. */
export const shorten = (text: string): string => (width(text) <= LONGEST_NAME ? text : `${[...text].slice(0, LONGEST_NAME - 1).join('')}…`);
/** Column names and categories come from files: control characters must not reach the terminal. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]/gu, '�');

const methodCell = (report: MethodReport | undefined): string => {
  if (!report) return '';
  const p = report.pValue === undefined ? '' : ` p ${formatPValue(report.pValue)}`;
  return `${formatScore(report.score)}${p}${report.drifted === true ? ' ✗' : ''}`;
};

const pictures = ({ reference, current }: Picture): readonly [string, string] => {
  const highest = Math.max(...reference, ...current, 0);
  return [sparkline(reference, highest), sparkline(current, highest)];
};

const row = (column: ColumnReport, ids: readonly string[]): string[] => [
  shorten(printable(column.name)),
  column.kind,
  `${column.n.reference} → ${column.n.current}`,
  `${column.missing.reference} → ${column.missing.current}`,
  ...pictures(column.picture),
  ...ids.map((id) => methodCell(column.methods.find((method) => method.id === id))),
];

/** Rows of cells as lines of one width, the first one underlined. */
export const aligned = (rows: readonly (readonly string[])[]): string[] => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((cells) => width(cells[i] ?? ''))));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = rows.map(line);
  return [String(head), '─'.repeat(widths.reduce((sum, w) => sum + w + 2, -2)), ...body];
};

const movedText = (moved: readonly Moved[]): string =>
  moved.map(({ bin, reference, current }) => `${shorten(printable(bin))} ${formatShare(reference)} → ${formatShare(current)}`).join(', ');

const notes = ({ columns, onlyIn, quality }: CompareReport): string[] => [
  ...columns.flatMap(({ name, methods }) =>
    methods
      .filter(({ drifted }) => drifted === true)
      .map(({ id, moved, threshold }) => {
        const where = moved && moved.length > 0 ? `: ${movedText(moved)}` : '';
        return `✗ ${printable(name)} drifted by ${id} (limit ${threshold ?? ''})${where}`;
      }),
  ),
  ...columns.flatMap(({ name, methods }) =>
    methods.filter(({ reason }) => reason !== undefined).map(({ id, reason }) => `– ${printable(name)}: no ${id}: ${reason ?? ''}`),
  ),
  ...columns
    .filter(({ infinite }) => infinite.reference + infinite.current > 0)
    .map(({ name, infinite }) => `– ${printable(name)}: infinite values left out: ${infinite.reference} → ${infinite.current}`),
  ...(quality ? qualityNotes(quality).map(({ column, text }) => `– ${printable(column)}: ${text}`) : []),
  ...onlyIn.reference.map((name) => `– ${printable(name)}: only in the reference`),
  ...onlyIn.current.map((name) => `– ${printable(name)}: only in the current file`),
];

/** The report for a terminal: one line per column with small histograms on one scale, then what drifted, by which bins, and what was left out. */
export const tableReport = (report: CompareReport): string => {
  const ids = [...new Set(report.columns.flatMap(({ methods }) => methods.map(({ id }) => id)))];
  const head = ['column', 'kind', 'n', 'missing', 'reference', 'current', ...ids];
  const lines = [
    `reference ${printable(report.files.reference)}, ${report.rows.reference} rows; current ${printable(report.files.current)}, ${report.rows.current} rows`,
    '',
    ...(report.columns.length > 0
      ? aligned([head, ...report.columns.map((column) => row(column, ids))])
      : ['The files have no column in common.']),
  ];
  const extra = notes(report);
  return `${[...lines, ...(extra.length > 0 ? ['', ...extra] : [])].join('\n')}\n`;
};

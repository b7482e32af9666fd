import { counted, formatNumber, formatPValue, formatScore, formatShare, sparkline } from './format.js';
import { qualityNotes } from './quality.js';
import { type Chance, type ColumnReport, type CompareReport, type MethodReport, type Moved, type Picture } from './report.js';

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
  return `${formatScore(report.score)}${p}${report.drifted === true ? ' ✗' : ''}${report.chance?.beyond === true ? ' *' : ''}`;
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
  const widths = (rows[0] ?? []).map((_, i) => rows.reduce((widest, cells) => Math.max(widest, width(cells[i] ?? '')), 0));
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

/** A reason that one column has by several methods is said once. */
const reasonNotes = ({ name, methods }: ColumnReport): string[] => {
  const byReason = new Map<string, string[]>();
  for (const { id, reason } of methods) if (reason !== undefined) byReason.set(reason, [...(byReason.get(reason) ?? []), id]);
  return [...byReason].map(([reason, ids]) => `– ${printable(name)}: no ${ids.join(', ')}: ${reason}`);
};

/** A chance in words: how rare, and where a limit is known, which score chance stays below. */
export const chanceText = ({ tail, adjusted, critical }: Chance, level: number): string =>
  `probability without drift ${formatPValue(tail)}, ${formatPValue(adjusted)} among all columns${critical === undefined ? '' : `; at most ${formatScore(critical)} at level ${level}`}`;

/** Sizes of a difference as words. */
export const effectsText = (effects: Readonly<Record<string, number | null>>): string =>
  Object.entries(effects)
    .map(([name, value]) => `${name} ${value === null ? '–' : formatNumber(value, 3)}`)
    .join(', ');

const chanceNotes = ({ columns, level }: CompareReport): string[] => {
  if (level === undefined) return [];
  const beyond = columns.flatMap(({ name, methods, effects = {} }) =>
    methods.flatMap(({ id, chance }) =>
      chance?.beyond === true
        ? [`* ${printable(name)}: ${id} is beyond chance: ${chanceText(chance, level)}; ${effectsText(effects)}`]
        : [],
    ),
  );
  return beyond.length > 0 ? beyond : [`– no score is beyond chance at level ${level}`];
};

const WORDS_OF = { numeric: 'numbers', categorical: 'words' } as const;

const notes = (report: CompareReport): string[] => {
  const { columns, onlyIn, quality } = report;
  return [
    ...columns.flatMap(({ name, methods }) =>
      methods
        .filter(({ drifted }) => drifted === true)
        .map(({ id, moved, threshold }) => {
          const where = moved && moved.length > 0 ? `: ${movedText(moved)}` : '';
          return `✗ ${printable(name)} drifted by ${id} (limit ${threshold ?? ''})${where}`;
        }),
    ),
    ...chanceNotes(report),
    ...columns.flatMap(reasonNotes),
    ...columns
      .filter(({ methods }) => methods.length === 0)
      .map(({ name, kind }) => `– ${printable(name)}: no method asked for takes ${WORDS_OF[kind]}`),
    ...columns.flatMap(({ name, hint }) => (hint === undefined ? [] : [`– ${printable(name)}: ${hint}`])),
    ...columns
      .filter(({ infinite }) => infinite.reference + infinite.current > 0)
      .map(({ name, infinite }) => `– ${printable(name)}: infinite values left out: ${infinite.reference} → ${infinite.current}`),
    ...(quality ? qualityNotes(quality).map(({ column, text }) => `– ${printable(column)}: ${text}`) : []),
    ...onlyIn.reference.map((name) => `– ${printable(name)}: only in the reference`),
    ...onlyIn.current.map((name) => `– ${printable(name)}: only in the current file`),
  ];
};

/** Which files were compared, with their rows. */
export const filesLine = ({ files, rows }: Pick<CompareReport, 'files' | 'rows'>): string =>
  `reference ${printable(files.reference)}, ${counted(rows.reference, 'row')}; current ${printable(files.current)}, ${counted(rows.current, 'row')}`;

/** The report for a terminal: one line per column with small histograms on one scale, then what drifted, by which bins, and what was left out. */
export const tableReport = (report: CompareReport): string => {
  const ids = [...new Set(report.columns.flatMap(({ methods }) => methods.map(({ id }) => id)))];
  const head = ['column', 'kind', 'n', 'missing', 'reference', 'current', ...ids];
  const lines = [
    filesLine(report),
    '',
    ...(report.columns.length > 0
      ? aligned([head, ...report.columns.map((column) => row(column, ids))])
      : ['The files have no column in common.']),
  ];
  const extra = notes(report);
  return `${[...lines, ...(extra.length > 0 ? ['', ...extra] : [])].join('\n')}\n`;
};

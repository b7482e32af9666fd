import { METHODS } from '#libs/statistics';
import { DATA } from './calibration-of-methods.js';
import { ROWS, ROWS_METHODS } from './calibration-of-rows.js';

/** Where the table stands in the README of the statistics library. */
export const README = 'libs/statistics/README.md';
const [BEGIN, END] = ['<!-- rates of false alarms: made by npm run verify:calibration -->', '<!-- end of rates -->'];

/** What the tables need of a rate. */
type Row = { readonly method: string; readonly data: string; readonly judgedBy: string; readonly rate: number };
type RowOfRows = { readonly method: string; readonly rows: string; readonly rate: number };

const percent = (rate: number): string => (rate * 100).toFixed(1);

/** Lowest and highest rate of a method over all sizes, in percent. */
const span = (rates: readonly { readonly rate: number }[]): string => {
  if (rates.length === 0) return '';
  const all = rates.map(({ rate }) => rate);
  return `${percent(Math.min(...all))} – ${percent(Math.max(...all))}`;
};

/** The rates as a table: a row per method, a column per kind of data. */
const tableOf = (rates: readonly Row[]): string => {
  const rows = METHODS.map(({ id }) => {
    const own = rates.filter(({ method }) => method === id);
    const cells = DATA.map((data) => span(own.filter((row) => row.data === data)));
    return `| \`${id}\` | ${own[0]?.judgedBy ?? ''} | ${cells.join(' | ')} |`;
  });
  return ['| method | judged by | continuous | tied | counts | even | Zipf | rare |', '|---|---|---|---|---|---|---|---|', ...rows].join(
    '\n',
  );
};

const tableOfRows = (rates: readonly RowOfRows[]): string => {
  const rows = ROWS_METHODS.map(({ id }) => {
    const own = rates.filter(({ method }) => method === id);
    return `| \`${id}\` | ${ROWS.map((kind) => span(own.filter((row) => row.rows === kind))).join(' | ')} |`;
  });
  return ['| method over rows | independent | correlated | sorted |', '|---|---|---|---|', ...rows].join('\n');
};

/** The README with the tables that belong to these rates. @throws Error when it has no place for them */
export const withTable = (readme: string, rates: readonly Row[], ofRows: readonly RowOfRows[]): string => {
  const [from, to] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${README} has no place for the table of rates`);
  return `${readme.slice(0, from)}${BEGIN}\n\n${tableOf(rates)}\n\n${tableOfRows(ofRows)}\n\n${readme.slice(to)}`;
};

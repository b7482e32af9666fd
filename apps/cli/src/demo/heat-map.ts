import { type Html, html, px } from './html.js';
import { type Cell, type Day, type DemoReport, type SubjectRow } from './report-data.js';
import { dayWords, scoreWords } from './wording.js';

const LABEL_WIDTH = 120;
const CELL_WIDTH = 6;
const ROW_HEIGHT = 30;
const TOP = 22;
/** Excess at which the colour is full; the smallest excess that matters is half of it. */
const EXCESS_FULL = 0.1;
const STEPS = 6;

/** 0 for calm to 6 for twice what matters. */
export const heatStep = (excess: number): number => Math.min(STEPS, Math.max(0, Math.ceil((excess / EXCESS_FULL) * STEPS - 1e-9)));

const describe = (subject: string, day: Day, cell: Cell): string => {
  const limit = cell.limit === null ? '' : `, own variation up to ${scoreWords(cell.limit)}`;
  return `${dayWords(day)}, ${subject}: JS distance ${scoreWords(cell.score)}, ${scoreWords(cell.excess)} above no drift${limit}, ${cell.verdict}`;
};

const cellMark = (row: SubjectRow, day: Day, column: number, top: number): Html => {
  const cell = row.cells[column] ?? null;
  const x = LABEL_WIDTH + column * CELL_WIDTH;
  const height = ROW_HEIGHT - 4;
  if (cell === null) return html`<rect class="none" x="${x}" y="${top}" width="${CELL_WIDTH - 1}" height="${height}" />`;
  const kind = cell.verdict === 'breach' ? 'breach' : cell.verdict === 'calm' ? `h${heatStep(cell.excess)}` : 'unjudged';
  const bar = html`<rect class="${kind}" x="${x}" y="${top}" width="${CELL_WIDTH - 1}" height="${height}" />`;
  // The mark says "breach" to those who do not see the colour.
  const mark = html`<path class="mark" d="M${px(x + 0.5)} ${top - 4}h4l-2 3z" />`;
  return html`<g><title>${describe(row.subject, day, cell)}</title>${bar}${cell.verdict === 'breach' ? mark : ''}</g>`;
};

const monthMarks = (days: readonly Day[], bottom: number): Html[] =>
  days.flatMap((day, column) => {
    if (column !== 0 && !day.endsWith('-01')) return [];
    const x = LABEL_WIDTH + column * CELL_WIDTH;
    const name = new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' }).format(Date.parse(`${day}T00:00:00Z`));
    const crowded = column === 0 && days.slice(1, 6).some((next) => next.endsWith('-01'));
    return [
      html`<line class="grid" x1="${px(x - 0.5)}" x2="${px(x - 0.5)}" y1="${TOP - 6}" y2="${bottom}" />${
          crowded ? '' : html`<text class="axis" x="${x + 2}" y="10">${name}</text>`
        }`,
    ];
  });

/** Features and outputs down, days across; the colour is how far a score lies above what it would be without drift. */
export const heatMap = ({ days, subjects }: DemoReport): Html => {
  const width = LABEL_WIDTH + days.length * CELL_WIDTH + 2;
  const height = TOP + subjects.length * ROW_HEIGHT;
  const rows = subjects.map((row, i) => {
    const top = TOP + i * ROW_HEIGHT;
    const cells = days.map((day, column) => cellMark(row, day, column, top));
    return html`<text class="name" x="0" y="${px(top + ROW_HEIGHT / 2 + 2)}">${row.subject}</text>${cells}`;
  });
  const title = 'Drift of each feature on each day';
  return html`<svg class="heat" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">${monthMarks(days, height)}${rows}</svg>`;
};

/** What the colours of the heat map mean. */
export const heatLegend = (): Html => {
  const steps = Array.from({ length: STEPS + 1 }, (_, step) => html`<i class="swatch h${step}"></i>`);
  return html`<p class="legend">
    <span>no drift</span>${steps}<span>0.1 above</span><span class="gap"></span><i class="swatch breach"></i><span>breach</span
    ><i class="swatch unjudged"></i><span>shown, not judged</span>
  </p>`;
};

import { type Html, html, px } from './html.js';
import { type BinShare, type PerformanceDay } from './report-data.js';
import { dayWords, shareWords } from './wording.js';

const BAR = { label: 64, width: 300, row: 26, value: 120 };

/** Reference and current share of the bins that moved, two bars each. */
export const shareBars = (bins: readonly BinShare[]): Html => {
  const largest = Math.max(1e-9, ...bins.flatMap(({ reference, current }) => [reference, current]));
  const length = (share: number): string => px(Math.max(share > 0 ? 1 : 0, (share / largest) * BAR.width));
  const rows = bins.map(({ name, reference, current }, i) => {
    const y = i * BAR.row;
    return html`<g>
      <title>${name}: ${shareWords(reference)} in the reference, ${shareWords(current)} on the day</title>
      <text class="name" x="${BAR.label - 8}" y="${y + 16}" text-anchor="end">${name}</text>
      <rect class="reference" x="${BAR.label}" y="${y + 3}" width="${length(reference)}" height="8" rx="1" />
      <rect class="current" x="${BAR.label}" y="${y + 13}" width="${length(current)}" height="8" rx="1" />
      <text class="axis" x="${BAR.label + BAR.width + 8}" y="${y + 16}">${(reference * 100).toFixed(2)} → ${shareWords(current)}</text>
    </g>`;
  });
  const width = BAR.label + BAR.width + BAR.value;
  return html`<svg
    class="bars"
    viewBox="0 0 ${width} ${bins.length * BAR.row}"
    role="img"
    aria-label="Shares in the reference and on the day"
  >
    ${rows}
  </svg>`;
};

const LINE = { left: 44, width: 900, top: 8, height: 190, bottom: 24 };

type Point = { readonly x: number; readonly y: number };

/** A path that breaks where a value is missing. */
const pathOf = (points: readonly (Point | null)[]): string =>
  points.map((point, i) => (point === null ? '' : `${(points[i - 1] ?? null) === null ? 'M' : 'L'}${px(point.x)} ${px(point.y)}`)).join('');

const gridLines = (top: number, y: (share: number) => number): Html[] =>
  Array.from({ length: Math.round(top * 10) + 1 }, (_, i) => i / 10).map(
    (share) =>
      html`<line class="grid" x1="${LINE.left}" x2="${LINE.left + LINE.width}" y1="${px(y(share))}" y2="${px(y(share))}" /><text
          class="axis"
          x="${LINE.left - 8}"
          y="${px(y(share) + 4)}"
          text-anchor="end"
          >${Math.round(share * 100)} %</text
        >`,
  );

/** The share of late flights and what the model expected, day by day: where the two part, the model is no longer calibrated. */
export const lateChart = (days: readonly PerformanceDay[], shaded?: { readonly from: string; readonly to: string }): Html => {
  const shares = days.flatMap(({ lateShare, meanScore }) => [lateShare ?? 0, meanScore ?? 0]);
  const top = Math.max(0.1, Math.ceil(Math.max(0, ...shares) * 10) / 10);
  const x = (i: number): number => LINE.left + ((i + 0.5) / Math.max(1, days.length)) * LINE.width;
  const y = (share: number): number => LINE.top + LINE.height * (1 - share / top);
  const line = (of: (day: PerformanceDay) => number | null): string =>
    pathOf(days.map((day, i) => ((share): Point | null => (share === null ? null : { x: x(i), y: y(share) }))(of(day))));
  const inside = days.flatMap(({ day }, i) => (shaded !== undefined && day >= shaded.from && day <= shaded.to ? [i] : []));
  const [first, last] = [inside[0], inside.at(-1)];
  const shade =
    first === undefined || last === undefined
      ? ''
      : html`<rect
          class="shade"
          x="${px(x(first - 0.5))}"
          y="${LINE.top}"
          width="${px(x(last) - x(first - 1))}"
          height="${LINE.height}"
        />`;
  const months = days.flatMap(({ day }, i) =>
    day.endsWith('-01')
      ? [html`<text class="axis" x="${px(x(i))}" y="${LINE.top + LINE.height + 18}">${dayWords(day).slice(4)}</text>`]
      : [],
  );
  return html`<svg
    class="lines"
    viewBox="0 0 ${LINE.left + LINE.width + 8} ${LINE.top + LINE.height + LINE.bottom}"
    role="img"
    aria-label="Share of late flights and mean prediction by day"
  >
    ${shade}${gridLines(top, y)}${months}
    <path class="current-line" d="${line((day) => day.lateShare)}" />
    <path class="reference-line" d="${line((day) => day.meanScore)}" />
  </svg>`;
};

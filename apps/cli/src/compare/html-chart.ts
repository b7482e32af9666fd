import { formatShare } from './format.js';
import { escape } from './html-escape.js';
import { type Picture } from './report.js';

const WIDTH = 720;
const HEIGHT = 150;
const FLOOR = 120;

const bar = (
  kind: 'reference' | 'current',
  box: { readonly x: number; readonly width: number; readonly share: number },
  highest: number,
): string => {
  const height = highest > 0 ? (box.share / highest) * (FLOOR - 8) : 0;
  return `<rect class="${kind}" x="${box.x.toFixed(1)}" y="${(FLOOR - height).toFixed(1)}" width="${box.width.toFixed(1)}" height="${height.toFixed(1)}" rx="1.5"/>`;
};

/** Both distributions side by side as inline SVG: pairs of bars per bin, the numbers as tooltips and for screen readers. */
export const chart = ({ labels, reference, current }: Picture, name: string): string => {
  if (labels.length === 0) return '<p class="note">No values to draw.</p>';
  const highest = Math.max(...reference, ...current);
  const step = WIDTH / labels.length;
  const width = Math.min(step * 0.4, 40);
  const bars = labels.map((label, i) => {
    const middle = (i + 0.5) * step;
    const [r, c] = [reference[i] ?? 0, current[i] ?? 0];
    const left = bar('reference', { x: middle - width, width, share: r }, highest);
    const right = bar('current', { x: middle, width, share: c }, highest);
    return `<g><title>${escape(label)}: ${formatShare(r)} → ${formatShare(c)}</title><rect class="hit" x="${(i * step).toFixed(1)}" y="0" width="${step.toFixed(1)}" height="${FLOOR}"/>${left}${right}</g>`;
  });
  const every = Math.ceil(labels.length / 6);
  const texts = labels.map((label, i) => (i % every === 0 ? tick(label, i, labels.length) : ''));
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Distribution of ${escape(name)}: reference and current">
${bars.join('\n')}
<line class="axis" x1="0" x2="${WIDTH}" y1="${FLOOR}" y2="${FLOOR}"/>${texts.join('')}
</svg>`;
};

/** A label below its bin; the outermost ones grow inwards so that nothing is cut off. */
const tick = (label: string, i: number, bins: number): string => {
  const step = WIDTH / bins;
  const [x, side] = i === 0 ? [0, 'start'] : i === bins - 1 ? [WIDTH, 'end'] : [(i + 0.5) * step, 'middle'];
  return `<text x="${x.toFixed(1)}" y="${FLOOR + 18}" text-anchor="${side}">${escape(short(label))}</text>`;
};

const short = (label: string): string => ([...label].length <= 16 ? label : `${[...label].slice(0, 15).join('')}…`);

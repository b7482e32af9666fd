import { type RebuildMessage } from '#libs/operations';

type Progress = Extract<RebuildMessage, { readonly kind: 'progress' }>;
type Done = Extract<RebuildMessage, { readonly kind: 'done' }>;

const WIDTH = 28;
const STAGES: Readonly<Record<Progress['stage'], string>> = {
  building: 'building',
  comparing: 'comparing row for row',
  adopting: 'putting the new tables in place',
};
const DIFFERENCES_SHOWN = 5;
const ROW_LENGTH_MAX = 160;

/** `████████░░░░  42 %  building, 1200 events`. */
export const progressText = ({ stage, events, position, head }: Progress): string => {
  const whole = Number(head.split('/')[0]);
  const part = stage === 'building' && whole > 0 ? Math.min(1, Number(position.split('/')[0]) / whole) : 1;
  const full = Math.round(part * WIDTH);
  const percent = String(Math.floor(part * 100)).padStart(3);
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${percent} %  ${STAGES[stage]}, ${events} events`;
};

/** One line per table, and examples of the rows in which it differed. */
export const outcomeText = ({ projection, events, seconds, equal, adopted, tables }: Done): string => {
  const width = Math.max(0, ...tables.map(({ table }) => table.length));
  const lines = tables.flatMap(({ table, rows, equal: same, differences }) => [
    `${table.padEnd(width)}  ${same ? `${rows.rebuilt} rows, equal` : `DIFFERS: ${rows.live} rows live, ${rows.rebuilt} rebuilt`}`,
    ...differences.slice(0, DIFFERENCES_SHOWN).map(({ row, surplus }) => {
      const where = surplus > 0 ? 'only live   ' : 'only rebuilt';
      return `  ${where}  ${row.length > ROW_LENGTH_MAX ? `${row.slice(0, ROW_LENGTH_MAX)}…` : row}`;
    }),
  ]);
  const verdict = equal ? 'equal to the live tables row for row' : 'not what the live tables held';
  const place = adopted ? 'and is now in their place' : 'and was thrown away: the live tables are as they were';
  return `${lines.join('\n')}\n${projection}: ${events} events in ${seconds.toFixed(1)} s; the result is ${verdict}, ${place}.\n`;
};

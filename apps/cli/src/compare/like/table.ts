import { counted, formatScore } from '../format.js';
import { aligned, filesLine, printable, shorten } from '../table.js';
import { type Difference, type LikeChunks, type LikeColumn, type LikeMethod, type LikeReport } from './report.js';

const cells = (column: LikeColumn, method: LikeMethod | undefined): string[] => [
  shorten(printable(column.name)),
  column.type,
  `${column.n.reference} → ${column.n.current}`,
  method?.name ?? '',
  method ? formatScore(method.score) : '–',
  method?.direction === 'drift when small' ? 'p-value' : method ? 'distance' : '',
  limitCell(method),
];

const limitCell = (method: LikeMethod | undefined): string => {
  if (method?.chunks) return chunksCell(method.chunks);
  return method?.threshold === undefined ? '' : `${method.threshold}${method.drifted === true ? ' ✗' : ''}`;
};

/** How many chunks the peer would alert on, and where its limit lies. */
const chunksCell = ({ threshold, values }: LikeChunks): string => {
  const alerts = values.filter(({ drifted }) => drifted === true).length;
  const limit = threshold === undefined ? 'p < 0.05' : `> ${formatScore(threshold)}`;
  return `${alerts} of ${counted(values.length, 'chunk')} ${limit}${alerts > 0 ? ' ✗' : ''}`;
};

const rows = (column: LikeColumn): string[][] =>
  column.methods.length === 0 ? [cells(column, undefined)] : column.methods.map((method) => cells(column, method));

const differenceLine = ({ column, method, theirs, ours, reason }: Difference): string =>
  `≠ ${printable(column)}: ${method} ${formatScore(theirs)} there, ${formatScore(ours)} here: ${reason}`;

/** The report for a terminal: the peer's numbers, then where ours differ and why. */
export const likeTable = ({ like, files, rows: sizes, columns, differences, notes }: LikeReport): string => {
  const reasons = columns.flatMap(({ name, reason, methods }) =>
    [reason, ...methods.map((method) => method.reason)].filter((text) => text !== undefined).map((text) => `– ${printable(name)}: ${text}`),
  );
  const lines = [
    `${filesLine({ files, rows: sizes })}; as ${like}`,
    '',
    ...(columns.length === 0
      ? ['The files have no column in common.']
      : aligned([['column', 'type', 'n', 'method', 'score', 'is a', 'limit'], ...columns.flatMap(rows)])),
    '',
    ...reasons,
    ...differences.map(differenceLine),
    ...notes.map((note) => `– ${note}`),
  ];
  return `${lines.join('\n')}\n`;
};

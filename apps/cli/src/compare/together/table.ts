import { formatPValue, formatScore } from '../format.js';
import { aligned, filesLine, printable } from '../table.js';
import { type TogetherReport } from './report.js';

/** The report for a terminal: what was taken as one, then a line per method. */
export const togetherTable = ({ files, rows, columns, methods }: TogetherReport): string => {
  const names = Object.entries(columns).map(([name, { kind, missing }]) => {
    const gaps = missing.reference + missing.current > 0 ? `, missing ${missing.reference} → ${missing.current}` : '';
    return `${printable(name)} (${kind}${gaps})`;
  });
  const lines = Object.entries(methods).map(([id, { score, pValue, parameters }]) => [
    id,
    formatScore(score),
    pValue === undefined ? '–' : formatPValue(pValue),
    `${String(parameters['usedReference'] ?? rows.reference)} → ${String(parameters['usedCurrent'] ?? rows.current)}`,
  ]);
  const reasons = Object.entries(methods).flatMap(([id, { reason }]) => (reason === undefined ? [] : [`– no ${id}: ${reason}`]));
  return `${[
    filesLine({ files, rows }),
    `together: ${names.join(', ')}`,
    '',
    ...aligned([['method', 'score', 'p', 'rows used'], ...lines]),
    ...(reasons.length > 0 ? ['', ...reasons] : []),
  ].join('\n')}\n`;
};

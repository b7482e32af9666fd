import { type Pair } from '../report.js';
import { type LikeColumn, type Peer } from './report.js';

const CLIFF = 1000;

const evidently = (rows: number, columns: readonly LikeColumn[]): string[] => {
  const codes = columns.filter(({ type, methods }) => type === 'categorical' && methods.length > 0).length;
  const side =
    rows > CLIFF
      ? `above ${CLIFF} reference rows: distances, drift when large`
      : `up to ${CLIFF} reference rows: p-values, drift when small`;
  return [
    `Evidently chooses by the size of the reference (${side}). Across that line method, direction and unit change, so a series of its scores is not comparable; ours keeps one method.`,
    'Its limit of 0.1 on a distance does not know how many rows there are; samples of some hundred rows pass it without drift.',
    ...(codes > 0 ? ['Whole numbers with at most ten values are categories there. Columns are typed by the current file alone.'] : []),
  ];
};

const nannyml = (rows: Pair): string[] => [
  'A score is that of the whole current file (chunk_number=1); the chunks are those NannyML makes by default: a tenth of the rows each, in file order, what remains in one more.',
  'The limit on chunks is the mean plus three deviations of ten chunks of the reference, which are few to know a deviation by; it knows neither how many rows later files have nor how many columns are asked. chi2 alerts by its p-value below 0.05 instead. --level says what is beyond chance.',
  ...(Math.min(rows.reference, rows.current) < 10
    ? ['NannyML fails on files of fewer than ten rows unless told how to cut them: no chunks are shown.']
    : []),
];

/** What differs in kind between a peer and us for these files. */
export const notesOn = (peer: Peer, rows: Pair, columns: readonly LikeColumn[]): readonly string[] =>
  peer === 'evidently-0.7' ? evidently(rows.reference, columns) : nannyml(rows);

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

/** What differs in kind between a peer and us for these files. */
export const notesOn = (peer: Peer, rows: number, columns: readonly LikeColumn[]): readonly string[] =>
  peer === 'evidently-0.7'
    ? evidently(rows, columns)
    : [
        'NannyML cuts files into ten chunks; these are its numbers with the whole current file as one chunk.',
        'Its limit is the mean plus three deviations of the chunks of the reference, which is nothing to a file as a whole; none is given here.',
      ];

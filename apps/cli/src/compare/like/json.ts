import { type LikeColumn, type LikeMethod, type LikeReport } from './report.js';

const method = ({ id: _, ...shown }: LikeMethod): Record<string, unknown> => ({ ...shown });

const column = ({ name: _, methods, ...facts }: LikeColumn): Record<string, unknown> => ({
  ...facts,
  methods: Object.fromEntries(methods.map((shown) => [shown.id, method(shown)])),
});

/**
 * The report for machines: as that of `compare`, with what the peer calls things, by NannyML also `chunks: {threshold?, values: [{from, to, score,
 * drifted}]}`, `differences: [{column, method, theirs, ours, reason}]` and
 * `notes`.
 */
export const likeJson = ({ like, columns, differences, notes }: LikeReport): Record<string, unknown> => ({
  like,
  columns: Object.fromEntries(columns.map((shown) => [shown.name, column(shown)])),
  differences,
  notes,
});

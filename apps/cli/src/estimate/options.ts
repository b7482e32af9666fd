import { UsageError } from '../usage-error.js';

/** Options as the command line gives them. */
export type RawOptions = {
  readonly method: string;
  readonly reference: string;
  readonly current: string;
  readonly score?: string;
  readonly prediction: string;
  readonly label: string;
  readonly features?: string;
  readonly chunkSize?: string;
  readonly json?: boolean;
};

type Common = {
  readonly reference: string;
  readonly current: string;
  readonly prediction: string;
  readonly label: string;
  readonly chunkSize?: number;
};

/**
 * What to estimate, from which columns; every default is filled in but the features, which depend on the files. `cbpe_multiclass` is cbpe with a
 * column of scores per class.
 */
export type EstimateOptions =
  | (Common & { readonly method: 'cbpe'; readonly score: string })
  | (Common & { readonly method: 'cbpe_multiclass'; readonly scores: ReadonlyMap<string, string> })
  | (Common & { readonly method: 'dle'; readonly score?: string; readonly features?: readonly string[] });

const chunkSizeOf = (text: string): number => {
  if (!/^\d+$/.test(text) || Number(text) < 1 || !Number.isSafeInteger(Number(text)))
    throw new UsageError('CHUNK_SIZE_INVALID', `--chunk-size takes a whole number of rows from 1 on, got ${JSON.stringify(text)}`);
  return Number(text);
};

const namesOf = (text: string): string[] => {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('') || new Set(names).size < names.length)
    throw new UsageError(
      'FEATURES_INVALID',
      `--features takes different column names with commas between them, got ${JSON.stringify(text)}`,
    );
  return names;
};

/** Columns by class, written `class=column,class=column`. */
const scoresOf = (text: string): ReadonlyMap<string, string> => {
  const pairs = text.split(',').map((pair) => {
    const [, name = '', column = ''] = /^([^=]*)=(.*)$/u.exec(pair) ?? [];
    return [name.trim(), column.trim()] as const;
  });
  const [scores, columns] = [new Map(pairs), new Set(pairs.map(([, column]) => column))];
  if (scores.has('') || columns.has('') || pairs.length < 2 || scores.size < pairs.length || columns.size < pairs.length)
    throw new UsageError(
      'SCORE_INVALID',
      `--score takes a column, or class=column for two classes or more with commas between them, got ${JSON.stringify(text)}`,
    );
  return scores;
};

/**
 * Checks and completes the options of `estimate`.
 * @throws UsageError METHOD_UNKNOWN | SCORE_MISSING | SCORE_INVALID | FEATURES_INVALID | CHUNK_SIZE_INVALID
 */
export const parseOptions = (raw: RawOptions): EstimateOptions => {
  const { method, reference, current, prediction, label, score } = raw;
  const common = { reference, current, prediction, label, ...(raw.chunkSize !== undefined && { chunkSize: chunkSizeOf(raw.chunkSize) }) };
  if (method === 'cbpe') {
    if (score === undefined) throw new UsageError('SCORE_MISSING', '--method cbpe needs --score, the column of the probabilities');
    if (score.includes('=')) return { ...common, method: 'cbpe_multiclass', scores: scoresOf(score) };
    return { ...common, method, score };
  }
  if (method !== 'dle') throw new UsageError('METHOD_UNKNOWN', `--method takes one of cbpe, dle, got ${JSON.stringify(method)}`);
  const features = raw.features === undefined ? undefined : namesOf(raw.features);
  return { ...common, method, ...(score !== undefined && { score }), ...(features && { features }) };
};

import { MULTIVARIATE_METHODS, type MultivariateId, VECTOR_METHODS, type VectorId } from '#libs/statistics';
import { UsageError } from '../../usage-error.js';

/** What `compare` was asked beside its other options, as text. */
export type RawTogether = {
  readonly together?: string;
  readonly vector?: string;
  readonly method?: readonly string[];
  readonly json?: boolean;
};

/** Columns to take as one, or a column of vectors, and the methods to measure them by. */
export type TogetherOptions =
  | { readonly of: 'columns'; readonly columns: readonly string[]; readonly methods: readonly MultivariateId[] }
  | { readonly of: 'vectors'; readonly column: string; readonly methods: readonly VectorId[] };

/** Methods that have a namesake for single columns may be called by its name. */
const NAMESAKES: Readonly<Record<'columns' | 'vectors', ReadonlyMap<string, string>>> = {
  columns: new Map([
    ['mmd', 'multivariate_mmd'],
    ['energy_distance', 'multivariate_energy'],
  ]),
  vectors: new Map([['mmd', 'vector_mmd']]),
};

const FITTING = new Set(['together', 'vector', 'method', 'json']);

const methodsOf = <Id extends string>(
  of: 'columns' | 'vectors',
  known: readonly { readonly id: Id }[],
  asked: readonly string[] | undefined,
): Id[] => {
  const ids = known.map(({ id }) => id);
  if (asked === undefined) return ids;
  const found = asked.map((text) => {
    const name = NAMESAKES[of].get(text) ?? text;
    const id = ids.find((one) => one === name);
    if (id !== undefined) return id;
    const flag = of === 'columns' ? '--together' : '--vector';
    throw new UsageError('METHOD_UNKNOWN', `--method with ${flag} takes one of ${ids.join(', ')}, got ${JSON.stringify(text)}`);
  });
  return [...new Set(found)];
};

const columnsOf = (text: string): string[] => {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('') || new Set(names).size < names.length)
    throw new UsageError(
      'TOGETHER_INVALID',
      `--together takes different column names with commas between them, got ${JSON.stringify(text)}`,
    );
  return names;
};

/**
 * What to compare as one and by which methods, all that fit unless some are named. Undefined: nothing of the kind was asked.
 * @throws UsageError TOGETHER_CONFLICT | TOGETHER_INVALID | METHOD_UNKNOWN
 */
export const parseTogether = (raw: RawTogether): TogetherOptions | undefined => {
  const { together, vector, method } = raw;
  if (together === undefined && vector === undefined) return undefined;
  const flag = together === undefined ? 'vector' : 'together';
  const other = together !== undefined && vector !== undefined ? 'vector' : Object.keys(raw).find((name) => !FITTING.has(name));
  if (other !== undefined) throw new UsageError('TOGETHER_CONFLICT', `--${flag} and --${other} exclude each other`);
  if (together !== undefined)
    return { of: 'columns', columns: columnsOf(together), methods: methodsOf('columns', MULTIVARIATE_METHODS, method) };
  return { of: 'vectors', column: vector ?? '', methods: methodsOf('vectors', VECTOR_METHODS, method) };
};

import {
  benjaminiHochberg,
  type Method,
  type MethodId,
  type Score,
  type ScoreOptions,
  seededRandom,
  StatisticsError,
} from '#libs/statistics';
import { type Chance, type ColumnReport, type MethodReport } from './report.js';
import { type Sides } from './sides.js';

/** How scores are held against chance: the level asked for, and the rounds a law is drawn with where it has no closed form. */
export type ChanceRule = { readonly level: number; readonly rounds: number };

const LEAST_ROUNDS = 999;
const MOST_ROUNDS = 9999;
/** The same files give the same answer. */
const SEED = 1;

/** So many rounds that the smallest tail they can show is significant among all columns, within bounds. */
export const chanceRule = (level: number, columns: number): ChanceRule => ({
  level,
  rounds: Math.min(Math.max(LEAST_ROUNDS, Math.ceil(columns / level)), MOST_ROUNDS),
});

type Unadjusted = Omit<Chance, 'adjusted' | 'beyond'>;

/** How probable a score of this size is when nothing drifted: the p-value of a test, else the method's law without drift. Undefined: it has none here. */
export const chanceOf = (
  method: Method,
  { score, pValue }: Score,
  sides: Sides,
  { level, rounds, options }: ChanceRule & { readonly options: ScoreOptions },
): Unadjusted | undefined => {
  if (pValue !== undefined) return { law: 'p_value', tail: pValue };
  try {
    const { law, tail, critical } = sides.law(method, { random: seededRandom(SEED), rounds, options });
    return { law, tail: tail(score), critical: critical(level) };
  } catch (error) {
    if (!(error instanceof StatisticsError)) throw error;
    return undefined;
  }
};

/** A method of one column whose chance is known, waiting for that of the other columns. */
export type Waiting = MethodReport & { readonly unadjusted?: Unadjusted };

const adjust = (columns: readonly (readonly Waiting[])[], id: MethodId): ReadonlyMap<Waiting, number> => {
  const judged = columns.flat().filter((method) => method.id === id && method.unadjusted !== undefined);
  const adjusted = benjaminiHochberg(judged.map(({ unadjusted }) => unadjusted?.tail ?? 1));
  return new Map(judged.map((method, i) => [method, adjusted[i] ?? 1]));
};

/**
 * Says of every score whether it is beyond chance at the level, its tail adjusted by Benjamini and Hochberg over all columns the method
 * measured: of the scores called so, a share of at most the level is expected to be false.
 */
export const withChances = (
  columns: readonly (Omit<ColumnReport, 'methods'> & { readonly methods: readonly Waiting[] })[],
  level: number | undefined,
): ColumnReport[] => {
  if (level === undefined) return columns.map((column) => ({ ...column }));
  const all = columns.map(({ methods }) => methods);
  const ids = new Set(all.flat().map(({ id }) => id));
  const adjusted = new Map([...ids].flatMap((id) => [...adjust(all, id)]));
  return columns.map((column) => ({
    ...column,
    methods: column.methods.map((method) => {
      const { unadjusted, ...report } = method;
      const tail = adjusted.get(method);
      return unadjusted === undefined || tail === undefined
        ? report
        : { ...report, chance: { ...unadjusted, adjusted: tail, beyond: tail <= level } };
    }),
  }));
};

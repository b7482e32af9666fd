import {
  centroidDistance,
  domainClassifier,
  MULTIVARIATE_METHODS,
  multivariateEnergy,
  multivariateMmd,
  pcaReconstruction,
  type Random,
  seededRandom,
  shareOfDriftedDimensions,
  type SplitOptions,
  VECTOR_METHODS,
  vectorMmd,
} from '#libs/statistics';
import { LEVEL, LIMITS, REPEATED, RUNS, type Sizes } from './calibration-of-methods.js';

/**
 * What rows are drawn, of which both samples have the same distribution. `independent`: three columns of normal numbers. `correlated`: eight, every two of
 * which have the correlation 0.5. `sorted`: two of correlation 0.5 behind three that never change, the rows sorted by the first of the two, as a file may have
 * them: all that tells one pair of samples from another stands behind.
 */
export const ROWS = ['independent', 'correlated', 'sorted'] as const;
export type Rows = (typeof ROWS)[number];

/** Rows a side. The p-values are by random splits, exact whatever the size; 2,000 runs of a thousand rows would take an hour. */
export const ROWS_SIZES: readonly Sizes[] = [
  { n: 50, m: 50 },
  { n: 200, m: 50 },
  { n: 200, m: 200 },
];

/** The same samples as columns and as vectors. */
type Drawn = { readonly columns: readonly Float64Array[]; readonly vectors: readonly Float64Array[] };
type Measured = {
  readonly id: string;
  readonly version: number;
  readonly splits: number;
  readonly pValue: (a: Drawn, b: Drawn) => number | undefined;
};

/** Fewer splits than a user gets, of which 5 % is still a whole number: the level is the same, the time is not. */
const [SPLITS, SPLITS_OF_LEARNER] = [39, 19];

const tableOf = ({ columns }: Drawn) => columns.map((values) => ({ kind: 'numeric' as const, values }));
type OfTables = typeof multivariateMmd;
const TABLES: ReadonlyMap<string, { readonly method: OfTables; readonly splits: number }> = new Map<
  string,
  { method: OfTables; splits: number }
>([
  ['pca_reconstruction', { method: pcaReconstruction, splits: SPLITS }],
  ['domain_classifier', { method: domainClassifier, splits: SPLITS_OF_LEARNER }],
  ['multivariate_mmd', { method: multivariateMmd, splits: SPLITS }],
  ['multivariate_energy', { method: multivariateEnergy, splits: SPLITS }],
]);
const VECTORS: ReadonlyMap<string, (a: Drawn['vectors'], b: Drawn['vectors'], options: SplitOptions) => { readonly pValue?: number }> =
  new Map([
    ['centroid_distance', centroidDistance],
    ['vector_mmd', vectorMmd],
  ]);

/** Every method over rows, seeded as for a user: by the rows. */
export const ROWS_METHODS: readonly Measured[] = [
  ...MULTIVARIATE_METHODS.map(({ id, version }): Measured => {
    const known = TABLES.get(id);
    if (!known) throw new Error(`${id} is not measured`);
    const { method, splits } = known;
    return { id, version, splits, pValue: (a, b) => method(tableOf(a), tableOf(b), { splits }).pValue };
  }),
  ...VECTOR_METHODS.map(({ id, version }): Measured => {
    const method = VECTORS.get(id);
    if (!method) return { id, version, splits: 0, pValue: (a, b) => shareOfDriftedDimensions(a.vectors, b.vectors).pValue };
    return { id, version, splits: SPLITS, pValue: (a, b) => method(a.vectors, b.vectors, { splits: SPLITS }).pValue };
  }),
];

const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const drawRow = (rows: Rows, random: Random): Float64Array => {
  if (rows === 'independent') return Float64Array.from({ length: 3 }, () => normal(random));
  const shared = Math.SQRT1_2 * normal(random);
  const varying = Float64Array.from({ length: rows === 'sorted' ? 2 : 8 }, () => shared + Math.SQRT1_2 * normal(random));
  return rows === 'sorted' ? Float64Array.of(1, 1, 1, ...varying) : varying;
};

const draw = (rows: Rows, size: number, random: Random): Drawn => {
  const vectors = Array.from({ length: size }, () => drawRow(rows, random));
  if (rows === 'sorted') vectors.sort((a, b) => (a[3] ?? NaN) - (b[3] ?? NaN));
  const columns = Array.from({ length: vectors[0]?.length ?? 0 }, (_, i) => Float64Array.from(vectors, (vector) => vector[i] ?? NaN));
  return { columns, vectors };
};

/** How many runs of how many raised an alarm; `splits`: random splits behind a p-value here (0: it needs none). The rest as in `Rate`. */
export type RowsRate = Sizes & {
  readonly method: string;
  readonly version: number;
  readonly splits: number;
  readonly rows: Rows;
  readonly runs: number;
  readonly alarms: number;
  readonly repeated: number;
  readonly rate: number;
  readonly atLeast: number;
};

export type RowsPart = Sizes & { readonly rows: Rows };

/** Alarms of one method in the runs `from` to before `to`, and those of them among the first 400. A run's rows depend on kind, sizes and its number alone. */
export const alarmsOf = ({ pValue }: Measured, { rows, n, m }: RowsPart, [from, to]: readonly [number, number]) => {
  let [alarms, repeated] = [0, 0];
  for (let run = from; run < to; run += 1) {
    const random = seededRandom(run + n * 2 ** 14 + m * 2 ** 28 + (ROWS.indexOf(rows) + 16) * 2 ** 42);
    if ((pValue(draw(rows, n, random), draw(rows, m, random)) ?? 1) > LEVEL) continue;
    alarms += 1;
    if (run < REPEATED) repeated += 1;
  }
  return { alarms, repeated };
};

/** The rate of one method: at least 3 % where splits make the p-value exact, of drifted dimensions (which Kolmogorov's steps make quieter) any. */
export const measureRowsRate = (method: Measured, part: RowsPart): RowsRate => {
  const { id, version, splits } = method;
  const atLeast = splits > 0 ? LIMITS.lowest : 0;
  const first = alarmsOf(method, part, [0, RUNS.first]);
  const rate = first.alarms / RUNS.first;
  const isNear = rate > LIMITS.near.highest || (atLeast > 0 && rate < LIMITS.near.lowest);
  const runs = isNear ? RUNS.near : RUNS.first;
  const alarms = first.alarms + alarmsOf(method, part, [RUNS.first, runs]).alarms;
  return { method: id, version, splits, ...part, runs, alarms, repeated: first.repeated, rate: alarms / runs, atLeast };
};

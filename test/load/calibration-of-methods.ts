import {
  countBinsOfSorted,
  cutsFor,
  DEFAULT_BINNING,
  type Method,
  type MethodId,
  noDriftLawOfBinned,
  noDriftLawOfCounts,
  noDriftLawOfSamples,
  type Random,
  seededRandom,
  sortedValues,
  StatisticsError,
} from '#libs/statistics';

/**
 * How often a method calls two samples of one distribution different, by significance alone. A method with a p-value is judged by it, a
 * distance by its law without drift. `normal`: continuous numbers. `tied`: the same in steps of half a deviation. `even`: four categories
 * of equal share. `zipf`: twenty of shares 1, 1/2, 1/3, … `rare`: five of 19 % beside twenty of a quarter of a percent. Methods of two
 * categories get 1 : 1 and 9 : 1.
 */
export const DATA = ['normal', 'tied', 'even', 'zipf', 'rare'] as const;
export type Data = (typeof DATA)[number];

/** Level at which everything is judged. */
export const LEVEL = 0.05;
/** Above the highest a method raises false alarms; below the lowest it wastes its level. The lowest holds where the data are continuous. */
export const LIMITS = { highest: 0.06, lowest: 0.03 };
/** Rounds of a law that is drawn. Few are enough to see a level: 0.05 · 40 is whole, so an exact law meets it exactly. */
const ROUNDS = 39;
/** The part of a measurement that a spec repeats. */
export const REPEATED = 400;

/** Rows a side: as many in the reference, `n`, as in the current sample, `m`, but once. */
export type Sizes = { readonly n: number; readonly m: number };
const same = (n: number): Sizes => ({ n, m: n });
const SIZES: readonly Sizes[] = [same(50), same(200), { n: 1000, m: 300 }, same(1000), same(10_000)];
/** Of rare words also far apart: a long reference beside a short window. */
const UNEVEN_SIZES: readonly Sizes[] = [
  { n: 1000, m: 50 },
  { n: 10_000, m: 200 },
];
/** Every size that some method is measured at. */
export const ALL_SIZES: readonly Sizes[] = [...SIZES, ...UNEVEN_SIZES];
/** Of methods that look at every pair of rows. */
const QUADRATIC_SIZES: readonly Sizes[] = [same(50), same(200)];
const QUADRATIC: readonly MethodId[] = ['mmd'];

const ZIPF = Array.from({ length: 20 }, (_, i) => 1 / (i + 1));
const RARE = Array.from({ length: 25 }, (_, i) => (i < 5 ? 76 : 1));
const SHARES = {
  even: { many: [1, 1, 1, 1], two: [1, 1] },
  zipf: { many: ZIPF, two: [9, 1] },
  rare: { many: RARE, two: [1, 1] },
};
const areWords = (data: Data): data is keyof typeof SHARES => data in SHARES;

/** Tests over many words whose p-value is from a distribution that few rows make rough; a law that is drawn is not. */
const OF_MANY_WORDS: readonly MethodId[] = ['chi_square', 'cramers_v'];

export const sizesOf = ({ id }: Pick<Method, 'id'>, data: Data): readonly Sizes[] => {
  if (QUADRATIC.includes(id)) return QUADRATIC_SIZES;
  return data === 'rare' ? ALL_SIZES : SIZES;
};
/** Whether the method is about such data. */
export const takes = ({ id, kinds }: Method, data: Data): boolean =>
  data === 'rare' ? OF_MANY_WORDS.includes(id) : kinds.includes(areWords(data) ? 'categorical' : 'numeric');

/**
 * How many runs of how many raised an alarm. `repeated`: alarms among the first 400 runs. `conservative`: the rate is below the lowest,
 * which is allowed where scores come in steps (`atLeast` 0): ties, counts, exact tests.
 */
export type Rate = Sizes & {
  readonly method: MethodId;
  readonly version: number;
  readonly judgedBy: 'p-value' | 'no-drift law';
  readonly data: Data;
  readonly runs: number;
  readonly alarms: number;
  readonly repeated: number;
  readonly rate: number;
  readonly atLeast: number;
  readonly atMost: number;
  readonly conservative: boolean;
};

const wordCounts = (weights: readonly number[], size: number, random: Random): number[] => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const counts = weights.map(() => 0);
  for (let i = 0; i < size; i += 1) {
    let [at, rest] = [0, random() * total - (weights[0] ?? 0)];
    for (; at < weights.length - 1 && rest >= 0; at += 1) rest -= weights[at + 1] ?? 0;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
};

type Samples = { readonly reference: Float64Array; readonly current: Float64Array };
type Counts = { readonly reference: readonly number[]; readonly current: readonly number[] };
/** Two samples of one distribution in every form a method may take; numbers are drawn, sorted and counted once for all methods. */
type Pair =
  | { readonly kind: 'numbers'; readonly samples: Samples; readonly counts: Counts }
  | { readonly kind: 'words'; readonly many: Counts; readonly two: Counts };

const drawPair = (data: Data, { n, m }: Sizes, random: Random): Pair => {
  if (areWords(data)) {
    const draw = (weights: readonly number[]): Counts => ({
      reference: wordCounts(weights, n, random),
      current: wordCounts(weights, m, random),
    });
    return { kind: 'words', many: draw(SHARES[data].many), two: draw(SHARES[data].two) };
  }
  const value = (): number => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return data === 'tied' ? Math.round(2 * normal) / 2 : normal;
  };
  const draw = (size: number): Float64Array => sortedValues(Float64Array.from({ length: size }, value));
  const samples = { reference: draw(n), current: draw(m) };
  const cuts = cutsFor(DEFAULT_BINNING, samples.reference, samples.current);
  const counts = { reference: countBinsOfSorted(samples.reference, cuts), current: countBinsOfSorted(samples.current, cuts) };
  return { kind: 'numbers', samples, counts };
};

/** Fisher's test and the comparison of two shares are about two categories. */
const takesTwoOnly = (method: Method): boolean => {
  if (method.needs !== 'bins') return false;
  try {
    method.fromBins([4, 3, 2, 1], [4, 3, 2, 1]);
    return false;
  } catch (error) {
    if (error instanceof StatisticsError) return true;
    throw error;
  }
};

type Judged = { readonly alarm: boolean; readonly judgedBy: Rate['judgedBy'] };

const judge = (method: Method, pair: Pair, two: boolean, seed: number): Judged => {
  const resampling = { random: seededRandom(seed), rounds: ROUNDS };
  const judged = (pValue: number | undefined, law: () => number): Judged =>
    pValue === undefined ? { alarm: law() <= LEVEL, judgedBy: 'no-drift law' } : { alarm: pValue <= LEVEL, judgedBy: 'p-value' };
  if (method.needs === 'distribution') {
    if (pair.kind === 'words') throw new Error(`${method.id} takes no words`);
    const { samples } = pair;
    const { score, pValue } = method.fromSorted(samples.reference, samples.current);
    return judged(pValue, () => noDriftLawOfSamples(method, samples, resampling).tail(score));
  }
  const counts = pair.kind === 'numbers' ? pair.counts : two ? pair.two : pair.many;
  const { score, pValue } = method.fromBins(counts.reference, counts.current);
  return judged(pValue, () =>
    (pair.kind === 'numbers' ? noDriftLawOfBinned(method, pair.samples, resampling) : noDriftLawOfCounts(method, counts, resampling)).tail(
      score,
    ),
  );
};

/**
 * Rates of these methods on `data` with `n` and `m` rows. Every method sees the same samples; a run's samples depend on data, sizes and the
 * number of the run alone, so a part of a measurement can be repeated.
 */
export const measureRates = (methods: readonly Method[], data: Data, sizes: Sizes, runs: number): Rate[] => {
  const { n, m } = sizes;
  const start: { judgedBy: Rate['judgedBy']; all: number; first: number } = { judgedBy: 'p-value', all: 0, first: 0 };
  const measured = methods.filter((method) => takes(method, data)).map((method) => ({ method, two: takesTwoOnly(method), ...start }));
  for (let run = 0; run < runs; run += 1) {
    const seed = run + n * 2 ** 14 + m * 2 ** 28 + (DATA.indexOf(data) + 1) * 2 ** 42;
    const pair = drawPair(data, sizes, seededRandom(seed));
    for (const one of measured) {
      const { alarm, judgedBy } = judge(one.method, pair, one.two, seed + 2 ** 46);
      one.judgedBy = judgedBy;
      if (!alarm) continue;
      one.all += 1;
      if (run < REPEATED) one.first += 1;
    }
  }
  return measured.map(({ method, all, first, judgedBy }) => {
    const rate = all / runs;
    const atLeast = data === 'normal' && method.needs === 'distribution' ? LIMITS.lowest : 0;
    const bounds = { atLeast, atMost: LIMITS.highest, conservative: rate < LIMITS.lowest };
    return { method: method.id, version: method.version, judgedBy, data, n, m, runs, alarms: all, repeated: first, rate, ...bounds };
  });
};

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
 * distance by its law without drift. `normal`: continuous numbers. `tied`: the same in steps of half a deviation. `counts`: a Poisson law of
 * mean 0.5. `even`: four categories of equal share. `zipf`: twenty of shares 1, 1/2, 1/3, … `rare`: five of 19 % beside twenty of a quarter of a
 * percent. Methods of two categories get 1 : 1, 9 : 1 and 399 : 1.
 */
export const DATA = ['normal', 'tied', 'counts', 'even', 'zipf', 'rare'] as const;
export type Data = (typeof DATA)[number];

/** Level at which everything is judged. */
export const LEVEL = 0.05;
/** Above the highest a method raises false alarms; below the lowest it wastes its level. The lowest holds where the data are continuous. */
export const LIMITS = { highest: 0.06, lowest: 0.03, near: { highest: 0.0575, lowest: 0.0325 } };
/** Rounds of a law that is drawn. Few are enough to see a level: 0.05 · 40 is whole, so an exact law meets it exactly. */
export const ROUNDS = 39;
/** The part of a measurement that a spec repeats. */
export const REPEATED = 400;

/** Rows a side: as many in the reference, `n`, as in the current sample, `m`, but once. */
export type Sizes = { readonly n: number; readonly m: number };
const same = (n: number): Sizes => ({ n, m: n });
/** Every size that some method is measured at: equal ones, and a long reference beside a short window. */
export const ALL_SIZES: readonly Sizes[] = [
  same(50),
  same(200),
  same(1000),
  same(10_000),
  { n: 1000, m: 50 },
  { n: 1000, m: 300 },
  { n: 10_000, m: 200 },
];
/** Methods that look at every pair of rows: not at ten thousand a side, of which they would take a part. */
const QUADRATIC: readonly MethodId[] = ['mmd'];

const ZIPF = Array.from({ length: 20 }, (_, i) => 1 / (i + 1));
const RARE = Array.from({ length: 25 }, (_, i) => (i < 5 ? 76 : 1));
const SHARES = {
  even: { many: [1, 1, 1, 1], two: [1, 1] },
  zipf: { many: ZIPF, two: [9, 1] },
  rare: { many: RARE, two: [399, 1] },
};
const areWords = (data: Data): data is keyof typeof SHARES => data in SHARES;

export const sizesOf = ({ id }: Pick<Method, 'id'>): readonly Sizes[] =>
  QUADRATIC.includes(id) ? ALL_SIZES.filter(({ m }) => m <= 1000) : ALL_SIZES;
/** Whether the method is about such data. */
export const takes = ({ kinds }: Method, data: Data): boolean => kinds.includes(areWords(data) ? 'categorical' : 'numeric');

/**
 * How many runs of how many raised an alarm. `repeated`: alarms among the first 400 runs. `refused`: runs the method had no answer to, by name; they raise no
 * alarm. `conservative`: the rate is below the lowest, which is allowed where scores come in steps (`atLeast` 0): ties, counts, exact tests.
 */
export type Rate = Sizes & {
  readonly method: MethodId;
  readonly version: number;
  readonly judgedBy: 'p-value' | 'no-drift law';
  readonly data: Data;
  readonly runs: number;
  readonly alarms: number;
  readonly repeated: number;
  readonly refused: number;
  readonly rate: number;
  readonly atLeast: number;
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

/** A count of a Poisson law of mean 0.5, by inversion. */
const drawCount = (random: Random): number => {
  let [count, left, p] = [0, random(), Math.exp(-0.5)];
  for (; left >= p && count < 40; count += 1) {
    left -= p;
    p *= 0.5 / (count + 1);
  }
  return count;
};

const drawNumber = (data: Data, random: Random): number => {
  if (data === 'counts') return drawCount(random);
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return data === 'tied' ? Math.round(2 * normal) / 2 : normal;
};

const drawPair = (data: Data, { n, m }: Sizes, random: Random): Pair => {
  if (areWords(data)) {
    const draw = (weights: readonly number[]): Counts => ({
      reference: wordCounts(weights, n, random),
      current: wordCounts(weights, m, random),
    });
    return { kind: 'words', many: draw(SHARES[data].many), two: draw(SHARES[data].two) };
  }
  const draw = (size: number): Float64Array => sortedValues(Float64Array.from({ length: size }, () => drawNumber(data, random)));
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

/** A method may refuse a pair by name, as Epps-Singleton does where half of all values are equal: undefined. */
const judgeUnlessRefused = (...pair: Parameters<typeof judge>): Judged | undefined => {
  try {
    return judge(...pair);
  } catch (error) {
    if (error instanceof StatisticsError) return undefined;
    throw error;
  }
};

/** What to measure: runs `from` to before `to`, so that a part can be repeated, or continued. */
export type Part = Sizes & { readonly data: Data; readonly from: number; readonly to: number };
/** What the runs of a part came to. */
export type Tally = Pick<Rate, 'method' | 'judgedBy' | 'alarms' | 'repeated' | 'refused' | 'runs'>;

/** Tallies of these methods. Every method sees the same samples; a run's samples depend on data, sizes and the number of the run alone. */
export const tally = (methods: readonly Method[], { data, n, m, from, to }: Part): Tally[] => {
  const start: { judgedBy: Rate['judgedBy']; alarms: number; repeated: number; refused: number } = {
    judgedBy: 'p-value',
    alarms: 0,
    repeated: 0,
    refused: 0,
  };
  const measured = methods.filter((method) => takes(method, data)).map((method) => ({ method, two: takesTwoOnly(method), ...start }));
  for (let run = from; run < to; run += 1) {
    const seed = run + n * 2 ** 14 + m * 2 ** 28 + (DATA.indexOf(data) + 1) * 2 ** 42;
    const pair = drawPair(data, { n, m }, seededRandom(seed));
    for (const one of measured) {
      const judged = judgeUnlessRefused(one.method, pair, one.two, seed + 2 ** 46);
      if (!judged) one.refused += 1;
      else one.judgedBy = judged.judgedBy;
      if (!judged?.alarm) continue;
      one.alarms += 1;
      if (run < REPEATED) one.repeated += 1;
    }
  }
  return measured.map(({ method, judgedBy, alarms, repeated, refused }) => ({
    method: method.id,
    judgedBy,
    alarms,
    repeated,
    refused,
    runs: to - from,
  }));
};

/** The rate of runs that began with the first. */
const rateOf = (method: Method, { data, n, m }: Omit<Part, 'from' | 'to'>, counted: Tally): Rate => {
  const rate = counted.alarms / counted.runs;
  const atLeast = data === 'normal' && method.needs === 'distribution' ? LIMITS.lowest : 0;
  const { judgedBy, runs, alarms, repeated, refused } = counted;
  const bounds = { rate, atLeast, conservative: rate < LIMITS.lowest };
  return { method: method.id, version: method.version, judgedBy, data, n, m, runs, alarms, repeated, refused, ...bounds };
};

/**
 * Runs of a measurement, and where their rate is so near a bound that chance decides on which side it lies (2,000 runs move it by half a percent), all together.
 */
export const RUNS = { first: 2000, near: 10_000 };
const isNear = ({ rate, atLeast }: Rate): boolean => rate > LIMITS.near.highest || (atLeast > 0 && rate < LIMITS.near.lowest);

/** Rates of these methods. */
export const measureRates = (methods: readonly Method[], part: Omit<Part, 'from' | 'to'>): Rate[] => {
  const byId = new Map(methods.map((method) => [method.id, method]));
  const found = (id: MethodId): Method => byId.get(id) ?? unknown(id);
  const first = tally(methods, { ...part, from: 0, to: RUNS.first });
  const near = first.filter((counted) => isNear(rateOf(found(counted.method), part, counted))).map(({ method }) => found(method));
  const more = new Map(tally(near, { ...part, from: RUNS.first, to: RUNS.near }).map((counted) => [counted.method, counted]));
  return first.map((counted) => {
    const rest = more.get(counted.method);
    const all = rest
      ? { ...counted, runs: RUNS.near, alarms: counted.alarms + rest.alarms, refused: counted.refused + rest.refused }
      : counted;
    return rateOf(found(counted.method), part, all);
  });
};

const unknown = (id: MethodId): never => {
  throw new Error(`${id} was not asked for`);
};

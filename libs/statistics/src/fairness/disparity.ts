import { StatisticsError } from '../errors.js';
import { type BandedValue, type BandOptions, levelOf, normalReach } from '../performance/band.js';
import { differenceOfShares } from '../performance/square-and-add.js';
import { wilson } from '../performance/wilson.js';

/** One row per decision: which group it concerns, what was true, what was said. */
export type GroupedDecisions = {
  readonly groups: readonly string[];
  readonly truth: readonly boolean[];
  readonly said: readonly boolean[];
};

/** `smallestGroup`: how many rows that count a group needs to be compared; 30 unless said otherwise. */
export type FairnessOptions = BandOptions & { readonly smallestGroup?: number };

/** The rate of one group with Wilson's band. `rows`: the rows it is a share of. */
export type GroupRate = { readonly group: string; readonly rows: number; readonly successes: number; readonly rate: BandedValue };

/**
 * Rates per group and how far the highest lies from the lowest: `difference` 0 and `ratio` 1 are equal rates. The ratio is absent where the highest
 * rate is 0. Bands are those of two groups chosen beforehand; the extremes of many groups lie apart by chance as well.
 */
export type Disparity = {
  readonly rates: readonly GroupRate[];
  /** Groups with fewer rows than `smallestGroup`: named, not compared. */
  readonly tooSmall: readonly { readonly group: string; readonly rows: number }[];
  readonly difference: BandedValue;
  readonly ratio?: BandedValue;
};

/**
 * Ratio of two independent shares with the band of its logarithm (Katz et al., Biometrics 34, 1978):
 * `confint_proportions_2indep(method='log', compare='ratio')` of statsmodels. Absent over a share of 0; no band where the upper share is 0.
 */
export const ratioOfRates = (above: GroupRate, below: GroupRate, level: number): BandedValue | undefined => {
  if (below.successes === 0) return undefined;
  const value = above.rate.value / below.rate.value;
  if (above.successes === 0) return { value };
  const variance = 1 / above.successes - 1 / above.rows + 1 / below.successes - 1 / below.rows;
  if (!(variance > 0)) return { value };
  const factor = Math.exp(normalReach(level) * Math.sqrt(variance));
  return { value, error: value * Math.sqrt(variance), band: { lower: value / factor, upper: value * factor, level, by: 'delta' } };
};

/** Rates of `said` among the rows that count, per group in code-unit order, and the groups that are too small. One pass: O(n). */
export const ratesOf = (
  name: string,
  { groups, truth, said }: GroupedDecisions,
  counts: (truth: boolean) => boolean,
  options: FairnessOptions,
): Pick<Disparity, 'rates' | 'tooSmall'> => {
  const { smallestGroup = 30 } = options;
  if (!(smallestGroup >= 1)) throw new StatisticsError(`${name} requires a smallest group of at least one row`);
  if (groups.length !== said.length || truth.length !== said.length)
    throw new StatisticsError(`${name} requires as many answers as labels and groups`);
  const tallies = new Map<string, { rows: number; successes: number }>();
  groups.forEach((group, i) => {
    const tally = tallies.get(group) ?? { rows: 0, successes: 0 };
    tallies.set(group, tally);
    if (!counts(truth[i] === true)) return;
    tally.rows += 1;
    if (said[i] === true) tally.successes += 1;
  });
  const all = [...tallies].map(([group, tally]) => ({ group, ...tally })).sort((a, b) => (a.group < b.group ? -1 : 1));
  const rates = all
    .filter(({ rows }) => rows >= smallestGroup)
    .map((each) => ({ ...each, rate: { value: each.successes / each.rows, band: wilson(each.successes, each.rows, options) } }));
  return { rates, tooSmall: all.filter(({ rows }) => rows < smallestGroup).map(({ group, rows }) => ({ group, rows })) };
};

/** @throws StatisticsError `… requires two groups of at least … rows` | `… requires as many answers as labels and groups` | `… a level …` */
export const disparityOf = (
  name: string,
  decisions: GroupedDecisions,
  counts: (truth: boolean) => boolean,
  options: FairnessOptions,
): Disparity => {
  const level = levelOf(name, options);
  const { rates, tooSmall } = ratesOf(name, decisions, counts, options);
  const byRate = rates.toSorted((a, b) => a.rate.value - b.rate.value);
  const [lowest, highest] = [byRate[0], byRate.at(-1)];
  if (!lowest || !highest || byRate.length < 2)
    throw new StatisticsError(`${name} requires two groups of at least ${String(options.smallestGroup ?? 30)} rows that count`);
  const ratio = ratioOfRates(lowest, highest, level);
  return { rates, tooSmall, difference: differenceOfShares(highest.rate, lowest.rate), ...(ratio && { ratio }) };
};

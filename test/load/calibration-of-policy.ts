import { alertingFor, DEFAULT_JUDGEMENT, judgingBins, type SubjectSamples, verdictsOn, weigh, type Weighed } from '#libs/monitoring';
import { seededRandom } from '#libs/statistics';
import { type Counts, daysOf, samplesOn, shapeOf, type Stream, STREAMS, withoutWord } from './policy-streams.js';

/**
 * The default policy over whole quarters: a model with numbers and categories, windows of a day, the same weekday of the four weeks before as
 * reference. Counted is what a person would get: alerts, each of one feature, from the window that raises it to the calm ones that clear it.
 * The functions are those a monitor judges by, fed with counts instead of an engine's.
 */
export type Quarter = { readonly stream: Stream; readonly features: number; readonly rowsPerDay: number; readonly seed: number };

/** What is planted for a week, each in a world of its own beside the one where nothing changes. */
export const PLANTS = ['one_shift', 'five_shifts', 'word_vanishes'] as const;
export type Plant = (typeof PLANTS)[number];

/** Who says that a feature of a window breaches: the default policy, or one of the dummies that every score has to beat. */
export type Judge = (weighed: readonly Weighed[]) => readonly boolean[];
export const JUDGES = {
  default: (weighed) => verdictsOn(weighed, DEFAULT_JUDGEMENT).map((verdict) => verdict?.breach === true),
  always: (weighed) => weighed.map(() => true),
  never: (weighed) => weighed.map(() => false),
} as const satisfies Record<string, Judge>;
export type JudgeName = keyof typeof JUDGES;
const NAMES: readonly JudgeName[] = ['default', 'always', 'never'];

type Found = { readonly found: number; readonly of: number };
/** Alerts in a quarter in which nothing changed, and planted features found within a week. */
export type Outcome = { readonly falseAlerts: number; readonly found: Readonly<Record<Plant, Found>> };

const WEEKS_BEFORE = 4;
const DAYS_BEFORE = WEEKS_BEFORE * 7;
const DAYS = 91;
/** Of the quarter's days, the first of the week in which things are planted. */
const PLANTED_FROM = DAYS_BEFORE + 45;
const SHIFT = 0.5;

const isPlantedDay = (day: number): boolean => day >= PLANTED_FROM && day < PLANTED_FROM + 7;

type Day = { readonly counts: Counts; readonly moved: Counts };

const streamOf = (stream: Stream, feature: number): Exclude<Stream, 'mixed'> => {
  if (stream !== 'mixed') return stream;
  const [first, second, third, fourth] = STREAMS;
  return [first, second, third, fourth][feature % 4] ?? first;
};

/** In the order in which a monitor reads them: the same weekday from the last week on, the other days from the oldest on. */
const historyOf = (days: readonly Day[], day: number) => {
  const weekday = (back: number): Counts[] =>
    Array.from({ length: WEEKS_BEFORE }, (_, week) => days[day - 7 * week - back]?.counts ?? new Map<number, number>());
  return { sameWeekday: weekday(7), otherDays: [1, 2, 3, 4, 5, 6].map((back) => weekday(back).reverse()) };
};

const weighed = (samples: SubjectSamples): Weighed => weigh('jensen_shannon', judgingBins(samples, DEFAULT_JUDGEMENT), DEFAULT_JUDGEMENT);

/** Alerts of one feature: raised at k breaches of n windows, cleared after m calm ones. */
class Alerts {
  private readonly recent: boolean[] = [];
  private calm = 0;
  private isRaised = false;
  raised = 0;

  add(breach: boolean): void {
    const { k, n, m } = alertingFor(1440);
    this.recent.push(breach);
    if (this.recent.length > n) this.recent.shift();
    this.calm = breach ? 0 : this.calm + 1;
    if (this.isRaised) this.isRaised = this.calm < m;
    else if (this.recent.filter(Boolean).length >= k) {
      this.isRaised = true;
      this.raised += 1;
    }
  }
}

/** Worlds of one planted kind: the features that are changed in each. */
const worldsOf = (plant: Plant, features: number): readonly (readonly number[])[] => {
  const all = Array.from({ length: features }, (_, feature) => feature);
  const numbers = all.filter((feature) => shapeOf(feature).form === 'numeric').slice(0, 10);
  const categories = all.filter((feature) => shapeOf(feature).form === 'categorical').slice(0, 5);
  if (plant === 'word_vanishes') return categories.map((feature) => [feature]);
  return plant === 'one_shift' ? numbers.map((feature) => [feature]) : [numbers.slice(0, 5), numbers.slice(5, 10)];
};

type Finding = { readonly plant: Plant; readonly world: readonly number[]; readonly found: Record<JudgeName, Set<number>> };

const lookAtWorlds = (findings: readonly Finding[], calm: readonly Weighed[], days: readonly (readonly Day[])[], day: number): void => {
  const changed = (plant: Plant, feature: number): Weighed => {
    const own = days[feature] ?? [];
    const { counts, moved } = own[day] ?? { counts: new Map<number, number>(), moved: new Map<number, number>() };
    return weighed(samplesOn(feature, plant === 'word_vanishes' ? withoutWord(counts) : moved, historyOf(own, day)));
  };
  for (const { plant, world, found } of findings) {
    const seen = calm.map((one, feature) => (world.includes(feature) ? changed(plant, feature) : one));
    for (const name of NAMES) {
      const breaches = JUDGES[name](seen);
      for (const feature of world) if (breaches[feature] === true) found[name].add(feature);
    }
  }
};

const foundIn = (findings: readonly Finding[], name: JudgeName): Outcome['found'] => {
  const of = (plant: Plant): Found => {
    const all = findings.filter((finding) => finding.plant === plant);
    return {
      found: all.reduce((sum, { found }) => sum + found[name].size, 0),
      of: all.reduce((sum, { world }) => sum + world.length, 0),
    };
  };
  return { one_shift: of('one_shift'), five_shifts: of('five_shifts'), word_vanishes: of('word_vanishes') };
};

/** Runs one quarter under all judges at once: they see the same rows. */
export const runQuarter = ({ stream, features, rowsPerDay, seed }: Quarter): Readonly<Record<JudgeName, Outcome>> => {
  const random = seededRandom(seed);
  const size = { days: DAYS_BEFORE + DAYS, rows: rowsPerDay, random };
  const days = Array.from({ length: features }, (_, feature) =>
    daysOf(streamOf(stream, feature), shapeOf(feature), size, { by: SHIFT, on: isPlantedDay }),
  );
  const findings = PLANTS.flatMap((plant) =>
    worldsOf(plant, features).map((world): Finding => ({
      plant,
      world,
      found: { default: new Set(), always: new Set(), never: new Set() },
    })),
  );
  const alerts = NAMES.map((name) => ({ name, of: days.map(() => new Alerts()) }));
  for (let day = DAYS_BEFORE; day < DAYS_BEFORE + DAYS; day += 1) {
    const calm = days.map((own, feature) =>
      weighed(samplesOn(feature, own[day]?.counts ?? new Map<number, number>(), historyOf(own, day))),
    );
    for (const { name, of } of alerts) JUDGES[name](calm).forEach((breach, feature) => of[feature]?.add(breach));
    if (isPlantedDay(day)) lookAtWorlds(findings, calm, days, day);
  }
  const outcome = (name: JudgeName): Outcome => ({
    falseAlerts: alerts.find((one) => one.name === name)?.of.reduce((sum, { raised }) => sum + raised, 0) ?? 0,
    found: foundIn(findings, name),
  });
  return { default: outcome('default'), always: outcome('always'), never: outcome('never') };
};

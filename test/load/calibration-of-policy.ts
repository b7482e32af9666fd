import { DEFAULT_JUDGEMENT, alertingFor, judgingBins, type SubjectSamples, verdictsOn, weigh } from '#libs/monitoring';
import { type Random, seededRandom, sortedValues } from '#libs/statistics';

/**
 * The default policy over whole quarters: a model with many numeric features, windows of a day, the same weekday of the four weeks before as
 * reference. Counted is what a person would get: alerts, each of one feature, from the window that raises it to the calm ones that clear it.
 *
 * `independent`: rows are independent. `autocorrelated`: each row is 0.9 times the one before plus noise, so a day of rows says as much as a
 * nineteenth of them. `weekly`: rows are independent, and the mean of a day follows its weekday, up and down by a whole deviation.
 */
export const STREAMS = ['independent', 'autocorrelated', 'weekly'] as const;
export type Stream = (typeof STREAMS)[number];

export type Quarter = {
  readonly stream: Stream;
  readonly features: number;
  readonly rowsPerDay: number;
  /** Shift of the planted features from the middle of the quarter on, in deviations; 0 plants none. */
  readonly shift: number;
  readonly planted: number;
  readonly seed: number;
};

/** Alerts of features where nothing was planted, and features of the planted that were found within a week. */
export type Outcome = { readonly falseAlerts: number; readonly found: number; readonly planted: number };

const WEEKS_BEFORE = 4;
const DAYS = 91;
const DAYS_BEFORE = WEEKS_BEFORE * 7;
const CHANGE = DAYS_BEFORE + 45;
const CORRELATION = 0.9;
const NONE = { missing: 0, mistyped: 0, infinite: 0 };

const normalsOf = (random: Random): (() => number) => {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const [radius, angle] = [Math.sqrt(-2 * Math.log(1 - random())), 2 * Math.PI * random()];
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
};

/** The values of one feature, day after day, each day sorted. */
const daysOf = ({ stream, rowsPerDay, shift }: Quarter, isPlanted: boolean, random: Random): Float64Array[] => {
  const normal = normalsOf(random);
  let row = normal();
  return Array.from({ length: DAYS_BEFORE + DAYS }, (_, day) => {
    const mean = (stream === 'weekly' ? Math.sin((2 * Math.PI * day) / 7) : 0) + (isPlanted && day >= CHANGE ? shift : 0);
    const values = Float64Array.from({ length: rowsPerDay }, () => {
      row = stream === 'autocorrelated' ? CORRELATION * row + Math.sqrt(1 - CORRELATION ** 2) * normal() : normal();
      return mean + row;
    });
    return sortedValues(values);
  });
};

const sampleOf = (values: Float64Array) => ({ rows: values.length, counted: values.length, values, special: NONE });
const joined = (parts: readonly Float64Array[]): Float64Array => {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return sortedValues(all);
};

const samplesOn = (day: number, feature: number, days: readonly Float64Array[]): SubjectSamples => {
  const windows = Array.from({ length: WEEKS_BEFORE }, (_, week) => days[day - 7 * (week + 1)] ?? new Float64Array(0));
  return {
    subject: `feature:${feature}`,
    form: 'numeric',
    mode: 'exact',
    current: sampleOf(days[day] ?? new Float64Array(0)),
    reference: sampleOf(joined(windows)),
    windows: windows.map(sampleOf),
  };
};

/** Who says that a feature of a window breaches: the default policy, or one of the dummies that every score has to beat. */
export type Judge = (samples: readonly SubjectSamples[]) => readonly boolean[];
export const JUDGES: Readonly<Record<'default' | 'always' | 'never', Judge>> = {
  default: (samples) => {
    const weighed = samples.map((one) => weigh('jensen_shannon', judgingBins(one, DEFAULT_JUDGEMENT), DEFAULT_JUDGEMENT));
    return verdictsOn(weighed, DEFAULT_JUDGEMENT).map((verdict) => verdict?.breach === true);
  },
  always: (samples) => samples.map(() => true),
  never: (samples) => samples.map(() => false),
};

/** Runs one quarter. With daily windows a breach raises at once and three calm windows clear, as `alertingFor` says. */
export const runQuarter = (quarter: Quarter, judge: Judge): Outcome => {
  const random = seededRandom(quarter.seed);
  const { m } = alertingFor(1440);
  const features = Array.from({ length: quarter.features }, (_, i) => daysOf(quarter, i < quarter.planted, random));
  const calm = features.map(() => Infinity);
  const found = new Set<number>();
  let falseAlerts = 0;
  for (let day = DAYS_BEFORE; day < DAYS_BEFORE + DAYS; day += 1) {
    const breaches = judge(features.map((days, i) => samplesOn(day, i, days)));
    breaches.forEach((breach, i) => {
      const drifted = i < quarter.planted && quarter.shift !== 0 && day >= CHANGE;
      if (breach && drifted && day < CHANGE + 7) found.add(i);
      if (breach && !drifted && (calm[i] ?? 0) >= m) falseAlerts += 1;
      calm[i] = breach ? 0 : (calm[i] ?? 0) + 1;
    });
  }
  return { falseAlerts, found: found.size, planted: quarter.shift === 0 ? 0 : quarter.planted };
};

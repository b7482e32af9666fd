import {
  benjaminiHochberg,
  chiSquareTail,
  fisherExact,
  fQuantile,
  jensenShannon,
  overdispersedTail,
  overdispersion,
  psi,
} from '#libs/statistics';
import { type JudgementRule, type JudgeMethod } from './definition.js';
import { type Gate, type SubjectJudgement } from './measurement.js';

/** Counts over the same bins: the window, its reference, and the windows the reference is the sum of (none for a file). */
export type Binned = {
  readonly current: readonly number[];
  readonly reference: readonly number[];
  readonly windows: readonly (readonly number[])[];
  /** Windows of other weekdays, weekday by weekday: they too say how much windows vary. */
  readonly otherDays: readonly (readonly (readonly number[])[])[];
};

/**
 * What is known of the reference's own variation. `measured`: from two windows or more. `not_measured`: a reference without windows.
 * `unknown`: a single window says nothing about how windows differ, so the subject is scored and not judged.
 */
export type Variation = 'measured' | 'not_measured' | 'unknown';

/** A score with all that is needed for a verdict, on the scale of the Jensen-Shannon divergence in nats. */
export type Weighed = {
  readonly method: JudgeMethod;
  readonly variation: Variation;
  readonly divergence: number;
  readonly degrees: number;
  /** Divergence expected of independent rows without drift. */
  readonly expected: number;
  /** The same as the reference's own windows show it. */
  readonly baseline: number;
  /** What the reference's own windows could reach. */
  readonly limit: number;
  /** Overdispersion of the windows: 1 for independent rows. */
  readonly dispersion: number;
  /** Bins that move independently, and comparisons between windows, by which the dispersion is known. */
  readonly effectiveDegrees: number;
  readonly contrasts: number;
  readonly windows: number;
  /** Pearson's statistic of the window against its reference. */
  readonly statistic: number;
  readonly pValue: number;
};

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)] ?? 0, sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0];
  return (low + high) / 2;
};

/** Both methods on one scale: without drift a PSI is eight times the divergence. */
const divergenceOf = (method: JudgeMethod, reference: readonly number[], current: readonly number[]): number =>
  method === 'psi' ? psi(reference, current).score / 8 : jensenShannon(reference, current, { zero: { kind: 'none' } }).score ** 2;

/** Pearson's statistic of a contingency table, rows are samples. Bins empty in all rows add nothing. */
const pearson = (rows: readonly (readonly number[])[]): number => {
  const sizes = rows.map(total);
  const all = total(sizes);
  const bins = rows[0]?.length ?? 0;
  let statistic = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const inBin = rows.reduce((sum, row) => sum + (row[bin] ?? 0), 0);
    if (inBin === 0) continue;
    rows.forEach((row, i) => {
      const expected = (inBin * (sizes[i] ?? 0)) / all;
      statistic += ((row[bin] ?? 0) - expected) ** 2 / expected;
    });
  }
  return statistic;
};

/**
 * The exact law of two bins whose rows are independent: the tails of χ² and F are too thin where the rarer of them is expected a few times.
 * 0 where it says nothing, of more bins and of weighted rows.
 */
const exactTail = (reference: readonly number[], current: readonly number[]): number =>
  current.length === 2 && [...reference, ...current].every(Number.isSafeInteger) ? (fisherExact(reference, current).pValue ?? 0) : 0;

const expectedOf = (degrees: number, n: number, m: number): number => (degrees / 8) * (1 / n + 1 / m);

/** How far each reference window lies from all the others, beside what independent rows would give. */
const leaveOneOut = (method: JudgeMethod, binned: Binned, windows: Binned['windows'], degrees: number): { l: number; e: number }[] =>
  windows.map((window) => {
    const others = binned.reference.map((count, bin) => count - (window[bin] ?? 0));
    return { l: divergenceOf(method, others, window), e: expectedOf(degrees, total(window), total(others)) };
  });

/**
 * Weighs one subject. The reference's own windows decide what is usual: their overdispersion scales the test (quasi-likelihood, F because
 * it is estimated from few windows), the median of their leave-one-out scores is the baseline, and the limit allows for their wandering
 * having a single degree of freedom. Medians, because one odd window in the reference must not blind the monitor.
 */
export const weigh = (method: JudgeMethod, binned: Binned, rule: JudgementRule): Weighed => {
  const degrees = binned.current.length - 1;
  const windows = binned.windows.filter((window) => total(window) > 0);
  const k = windows.length;
  const divergence = degrees > 0 ? divergenceOf(method, binned.reference, binned.current) : 0;
  const expected = expectedOf(degrees, total(binned.current), total(binned.reference));
  const base = { method, divergence, degrees, expected, windows: k };
  const variation = binned.windows.length === 0 ? 'not_measured' : k < 2 ? 'unknown' : 'measured';
  const unmeasured = { dispersion: 1, effectiveDegrees: degrees, contrasts: 0 };
  if (degrees === 0) return { ...base, ...unmeasured, variation, baseline: 0, limit: 0, statistic: 0, pValue: 1 };
  const statistic = pearson([binned.current, binned.reference]);
  const exact = exactTail(binned.reference, binned.current);
  if (variation !== 'measured') {
    const pValue = Math.max(chiSquareTail(statistic, degrees), exact);
    return { ...base, ...unmeasured, variation, baseline: expected, limit: expected, statistic, pValue };
  }
  const own = leaveOneOut(method, binned, windows, degrees);
  const noise = own.map(({ l, e }) => (l <= e ? (expected * l) / e : expected + (l - e)));
  const over = (median(own.map(({ l, e }) => Math.max(0, l - e))) * (1 + 1 / k)) / (1 + 1 / (k - 1));
  const usual = overdispersion([windows, ...binned.otherDays]);
  const pValue = Math.max(overdispersedTail(statistic, degrees, usual), exact);
  const limit = expected + (over > 0 ? fQuantile(rule.variationTail, 1, k) * over : 0);
  return { ...base, variation, baseline: median(noise), limit, ...usual, statistic, pValue };
};

/** A divergence as people know the method: a distance, or a PSI. The sign of an excess is kept. */
const shownAs = (method: JudgeMethod, divergence: number): number =>
  method === 'psi' ? 8 * divergence : Math.sign(divergence) * Math.sqrt(Math.abs(divergence));

/**
 * The verdicts on all subjects of a window, in the given order; undefined where the variation is unknown.
 * A breach is significant after Benjamini-Hochberg over these subjects, beyond what the reference's own windows reach, and large enough.
 */
export const verdictsOn = (subjects: readonly Weighed[], rule: JudgementRule): (SubjectJudgement | undefined)[] => {
  const judged = subjects.filter(({ variation }) => variation !== 'unknown');
  const adjusted = benjaminiHochberg(judged.map(({ pValue }) => pValue));
  return subjects.map((weighed) => {
    const at = judged.indexOf(weighed);
    return at < 0 ? undefined : verdictOn(weighed, adjusted[at] ?? 1, rule);
  });
};

const verdictOn = (weighed: Weighed, adjusted: number, rule: JudgementRule): SubjectJudgement => {
  const { method, divergence, expected, baseline, limit, windows, variation } = weighed;
  const excess = shownAs(method, divergence - baseline);
  const score = shownAs(method, divergence);
  const gates: Gate[] = [
    {
      gate: 'significance',
      value: adjusted,
      limit: rule.level,
      passed: adjusted <= rule.level,
      applied: true,
      parameters: {
        pValue: weighed.pValue,
        statistic: weighed.statistic,
        degrees: weighed.degrees,
        dispersion: weighed.dispersion,
        effectiveDegrees: weighed.effectiveDegrees,
        contrasts: weighed.contrasts,
      },
    },
    {
      gate: 'own_variation',
      value: score,
      limit: shownAs(method, limit),
      passed: divergence > limit,
      applied: variation === 'measured',
      parameters: { expected: shownAs(method, expected), windows, variation },
    },
    {
      gate: 'materiality',
      value: excess,
      limit: rule.margins[method],
      passed: excess >= rule.margins[method],
      applied: true,
      parameters: { baseline: shownAs(method, baseline) },
    },
  ];
  return { method, score, breach: gates.every(({ passed }) => passed), gates };
};

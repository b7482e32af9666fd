import { StatisticsError } from '../errors.js';
import { detectorMethod, type Rule } from './detector.js';

/** Exponentially weighted means with the sums of their squared weights: of all values, and before and after the cut of each direction. */
type WeightedMeans = {
  all: number[];
  lowBefore: number[];
  lowAfter: number[];
  highBefore: number[];
  highAfter: number[];
};

type Limits = {
  readonly drift_confidence: number;
  readonly warning_confidence: number;
  readonly lambda_val: number;
  readonly two_sided_test: boolean;
};

/** A mean and its sum of squared weights; without a value the list is empty, so that a mean of zero is never taken for a beginning. */
const add = (sample: readonly number[], value: number, lambda: number): number[] => {
  const [mean = value, weights = 1] = sample;
  return [lambda * value + (1 - lambda) * mean, lambda * lambda + (1 - lambda) ** 2 * weights];
};

const bound = (weights: number, confidence: number): number => Math.sqrt((weights * Math.log(1 / confidence)) / 2);

/** Whether the second mean lies above the first by more than McDiarmid's inequality allows. */
const isAbove = (first: readonly number[], second: readonly number[], confidence: number): boolean => {
  const [a, weightsA] = first;
  const [b, weightsB] = second;
  if (a === undefined || b === undefined || weightsA === undefined || weightsB === undefined) return false;
  return b - a > bound(weightsA + weightsB, confidence);
};

const moveCuts = (memory: WeightedMeans, value: number, { lambda_val: lambda, drift_confidence: confidence }: Limits): void => {
  memory.all = add(memory.all, value, lambda);
  const level = (sample: readonly number[], sign: number): number => sign * (sample[0] ?? 0) + bound(sample[1] ?? 1, confidence);
  if (memory.lowBefore.length === 0 || level(memory.all, 1) < level(memory.lowBefore, 1))
    [memory.lowBefore, memory.lowAfter] = [memory.all, []];
  else memory.lowAfter = add(memory.lowAfter, value, lambda);
  if (memory.highBefore.length === 0 || level(memory.all, -1) < level(memory.highBefore, -1))
    [memory.highBefore, memory.highAfter] = [memory.all, []];
  else memory.highAfter = add(memory.highAfter, value, lambda);
};

const hddmWRule = (limits: Limits): Rule<WeightedMeans> => {
  if (limits.warning_confidence < limits.drift_confidence)
    throw new StatisticsError('hddm_w requires warning_confidence to be at least drift_confidence');
  const differs = (memory: WeightedMeans, confidence: number): boolean =>
    isAbove(memory.lowBefore, memory.lowAfter, confidence) ||
    (limits.two_sided_test && isAbove(memory.highAfter, memory.highBefore, confidence));
  return {
    start: () => ({ all: [], lowBefore: [], lowAfter: [], highBefore: [], highAfter: [] }),
    step: (memory, value) => {
      moveCuts(memory, value, limits);
      if (differs(memory, limits.drift_confidence)) return 'change';
      return differs(memory, limits.warning_confidence) ? 'warning' : 'none';
    },
    estimate: ({ all }) => all[0],
  };
};

/**
 * HDDM_W, drift detection with exponentially weighted means: the mean since the best cut lies above that before it by more than
 * √((w₁ + w₂)·ln(1/α)/2), McDiarmid's bound, with w the sums of squared weights.
 *
 * Quicker than `hddm_a` on gradual changes and less careful. A mean begins with its first value and only then: some implementations begin
 * anew whenever the mean is 0, and take a single error after 600 right predictions for a change. One-sided for increases, as in River,
 * unless `two_sided_test`. Input 0 or 1; O(1). The estimate is the weighted mean. Source: Frías-Blanco et al., IEEE TKDE 27 (2015), 810-823.
 * Oracle: oracles/hddm-w.json (River 0.26.1, whose mean is right again; equal indices).
 */
export const hddmW = detectorMethod({
  id: 'hddm_w',
  version: 1,
  input: 'errors',
  meaning: 'The weighted error rate rose above that of its best earlier part by more than chance allows.',
  estimate: 'exponentially weighted error rate',
  cost: 'O(1)',
  source: 'Frías-Blanco et al. 2015',
  parameters: {
    drift_confidence: { kind: 'number', default: 0.001, above: 0, below: 1, meaning: 'Chance of a false change that is accepted.' },
    warning_confidence: { kind: 'number', default: 0.005, above: 0, below: 1, meaning: 'The same for a warning.' },
    lambda_val: { kind: 'number', default: 0.05, above: 0, max: 1, meaning: 'Weight of the newest value.' },
    two_sided_test: { kind: 'flag', default: false, meaning: 'Find decreases too.' },
  },
  rule: hddmWRule,
});

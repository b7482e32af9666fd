import { StatisticsError } from '../errors.js';
import { detectorMethod, type Rule, type Signal } from './detector.js';

/** Mean of all values, and of those up to the cut that makes a later increase (`low`) or decrease (`high`) most visible. */
type Averages = {
  count: number;
  mean: number;
  lowCount: number;
  lowMean: number;
  highCount: number;
  highMean: number;
};

type Limits = { readonly drift_confidence: number; readonly warning_confidence: number; readonly two_sided_test: boolean };

const bound = (count: number, confidence: number): number => Math.sqrt(Math.log(1 / confidence) / (2 * count));

/** Whether a mean of all `count` values lies `rise` above that of the first `cut` by more than Hoeffding's inequality allows. */
const isBeyond = (rise: number, { count, cut, confidence }: { count: number; cut: number; confidence: number }): boolean =>
  cut < count && rise >= Math.sqrt(((count - cut) / cut / count / 2) * Math.log(2 / confidence));

const moveCuts = (memory: Averages, value: number, confidence: number): void => {
  memory.count += 1;
  memory.mean += (value - memory.mean) / memory.count;
  const { count, mean } = memory;
  const now = bound(count, confidence);
  if (memory.lowCount === 0 || memory.lowMean + bound(memory.lowCount, confidence) >= mean + now)
    [memory.lowCount, memory.lowMean] = [count, mean];
  if (memory.highCount === 0 || memory.highMean - bound(memory.highCount, confidence) <= mean - now)
    [memory.highCount, memory.highMean] = [count, mean];
};

const hddmARule = (limits: Limits): Rule<Averages> => {
  if (limits.warning_confidence < limits.drift_confidence)
    throw new StatisticsError('hddm_a requires warning_confidence to be at least drift_confidence');
  const differs = (memory: Averages, confidence: number): boolean =>
    isBeyond(memory.mean - memory.lowMean, { count: memory.count, cut: memory.lowCount, confidence }) ||
    (limits.two_sided_test && isBeyond(memory.highMean - memory.mean, { count: memory.count, cut: memory.highCount, confidence }));
  return {
    start: () => ({ count: 0, mean: 0, lowCount: 0, lowMean: 0, highCount: 0, highMean: 0 }),
    step: (memory, value): Signal => {
      moveCuts(memory, value, limits.drift_confidence);
      if (differs(memory, limits.drift_confidence)) return 'change';
      return differs(memory, limits.warning_confidence) ? 'warning' : 'none';
    },
    estimate: ({ count, mean }) => (count === 0 ? undefined : mean),
  };
};

/**
 * HDDM_A, Hoeffding's drift detection with averages: the mean of all values lies above that of the values up to the best cut by at least
 * √(m/2 · ln(2/α)), m = (n − k)/(n·k) for a cut after k of n values.
 *
 * The cut is where mean plus Hoeffding bound was smallest (largest minus bound for decreases). One-sided for increases of the error rate,
 * as in River, unless `two_sided_test`. No assumption on the stream but its range of 0 to 1: next to no false alarms. Input 0 or 1; O(1).
 * The estimate is the error rate since the last change. Source: Frías-Blanco et al., IEEE TKDE 27 (2015), 810-823.
 * Oracle: oracles/hddm-a.json (River 0.26.1, equal indices).
 */
export const hddmA = detectorMethod({
  id: 'hddm_a',
  version: 1,
  input: 'errors',
  meaning: 'The error rate rose above that of its best earlier part by more than chance allows. Few false alarms.',
  estimate: 'error rate',
  cost: 'O(1)',
  source: 'Frías-Blanco et al. 2015',
  parameters: {
    drift_confidence: { kind: 'number', default: 0.001, above: 0, below: 1, meaning: 'Chance of a false change that is accepted.' },
    warning_confidence: { kind: 'number', default: 0.005, above: 0, below: 1, meaning: 'The same for a warning.' },
    two_sided_test: { kind: 'flag', default: false, meaning: 'Find decreases too.' },
  },
  rule: hddmARule,
});

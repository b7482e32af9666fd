import { detectorMethod, type Rule } from './detector.js';
import { modeParameter, type Mode } from './detector-parameters.js';

type MovingAverage = {
  count: number;
  mean: number;
  average: number;
  variance: number;
};

type Limits = { readonly alpha: number; readonly threshold: number; readonly min_instances: number; readonly mode: Mode };

const ewmaRule = ({ alpha, threshold, min_instances: least, mode }: Limits): Rule<MovingAverage> => ({
  start: () => ({ count: 0, mean: 0, average: 0, variance: 0 }),
  step: (memory, value) => {
    memory.count += 1;
    memory.mean += (value - memory.mean) / memory.count;
    if (memory.count === 1) memory.average = value;
    const difference = value - memory.average;
    memory.average += alpha * difference;
    memory.variance = (1 - alpha) * (memory.variance + alpha * difference * difference);
    if (memory.count < least) return 'none';
    const share = (alpha / (2 - alpha)) * (1 - (1 - alpha) ** (2 * memory.count));
    const limit = threshold * Math.sqrt(memory.variance * share);
    const rose = mode !== 'down' && memory.average - memory.mean > limit;
    const fell = mode !== 'up' && memory.mean - memory.average > limit;
    return rose || fell ? 'change' : 'none';
  },
  estimate: ({ count, average }) => (count === 0 ? undefined : average),
});

/**
 * EWMA control chart: the exponentially weighted mean lies further from the mean of all values than `threshold` of its standard errors,
 * √(v · α/(2 − α) · (1 − (1 − α)²ⁿ)), with v the exponentially weighted variance.
 *
 * Without units: shifting and scaling a stream changes nothing. The variance is updated by differences, not as mean of squares less squared
 * mean, which turns negative at 10⁹ ± 3 and makes every value a change. A constant stream never changes. With α = 1 there is no variance
 * and the chart is of no use. No warnings. O(1). The estimate is the weighted mean. Source: Roberts, Technometrics 1 (1959), 239-250; Finch 2009
 * for the variance. Oracle: oracles/ewma.json (River after 0.26.1, equal indices).
 */
export const ewma = detectorMethod({
  id: 'ewma',
  version: 1,
  input: 'numbers',
  meaning: 'The exponentially weighted mean is standard errors away from the mean of all values.',
  estimate: 'exponentially weighted mean',
  cost: 'O(1)',
  source: 'Roberts 1959',
  parameters: {
    alpha: { kind: 'number', default: 0.1, above: 0, below: 1, meaning: 'Weight of the newest value.' },
    threshold: { kind: 'number', default: 4, above: 0, meaning: 'Limit, in standard errors.' },
    min_instances: { kind: 'number', default: 30, whole: true, min: 1, meaning: 'Values before the first test.' },
    mode: modeParameter,
  },
  rule: ewmaRule,
});

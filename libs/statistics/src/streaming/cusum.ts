import { detectorMethod, type Rule } from './detector.js';
import { modeParameter, type Mode } from './detector-parameters.js';

/** Mean and squared deviations of the warm-up, frozen at its end, and the two one-sided sums. */
type Chart = {
  count: number;
  mean: number;
  squares: number;
  rise: number;
  fall: number;
};

type Limits = { readonly min_instances: number; readonly slack: number; readonly threshold: number; readonly mode: Mode };

const learn = (memory: Chart, value: number): void => {
  const before = memory.mean;
  memory.mean += (value - before) / memory.count;
  memory.squares += (value - before) * (value - memory.mean);
};

const cusumRule = ({ min_instances: warmUp, slack, threshold, mode }: Limits): Rule<Chart> => ({
  start: () => ({ count: 0, mean: 0, squares: 0, rise: 0, fall: 0 }),
  step: (memory, value) => {
    if (memory.count < warmUp) {
      memory.count += 1;
      learn(memory, value);
      if (memory.count < warmUp) return 'none';
    }
    const sigma = Math.sqrt(memory.squares / (warmUp - 1));
    const deviation = value - memory.mean;
    memory.rise = Math.max(0, memory.rise + deviation - slack * sigma);
    memory.fall = Math.max(0, memory.fall - deviation - slack * sigma);
    const rose = mode !== 'down' && memory.rise > threshold * sigma;
    const fell = mode !== 'up' && memory.fall > threshold * sigma;
    return rose || fell ? 'change' : 'none';
  },
  estimate: ({ count, mean }) => (count === 0 ? undefined : mean),
});

/**
 * CUSUM control chart: deviations from the mean of a warm-up, each less `slack` deviations, add up to more than `threshold` deviations.
 * A sum never falls below 0; one sum for increases, one for decreases.
 *
 * Mean and sample deviation (ddof 1) of the first `min_instances` values are frozen: a running mean would follow the shift. Without
 * units: shifting and scaling a stream changes nothing. With the reference known, slack 0.5 and threshold 5 give one false change in about
 * 465 values (Montgomery, Introduction to Statistical Quality Control, table of run lengths). A warm-up is a rough reference, and the run to
 * the first false change then depends on how lucky it was. Independent normal values, warm-up included, seeded runs:
 *
 * | `min_instances` | `threshold` | mean run | half end within | one in ten ends within |
 * |---|---|---|---|---|
 * | 30 | 5 | 660 | 180 | 50 |
 * | 100 | 5 | 580 | 340 | 140 |
 * | 500 | 5 | 940 | 790 | 550 |
 * | 30 | 8 | over 17,000 | 1,300 | 100 |
 * | 200 | 8 | 9,200 | 4,400 | 690 |
 *
 * After a constant warm-up any other value is a change. No warnings. O(1). The estimate is the mean of the warm-up.
 * Source: Page, Biometrika 41 (1954), 100-115. Oracle: oracles/cusum.json (River after 0.26.1, equal indices).
 */
export const cusum = detectorMethod({
  id: 'cusum',
  version: 1,
  input: 'numbers',
  meaning: 'Deviations from the first values add up to more than a limit in standard deviations.',
  estimate: 'mean of the warm-up',
  cost: 'O(1)',
  source: 'Page 1954',
  parameters: {
    min_instances: { kind: 'number', default: 30, whole: true, min: 2, meaning: 'Values of the warm-up, which is the reference.' },
    slack: { kind: 'number', default: 0.5, min: 0, meaning: 'Deviation that is let pass, in standard deviations.' },
    threshold: { kind: 'number', default: 5, above: 0, meaning: 'Limit on the sum, in standard deviations.' },
    mode: modeParameter,
  },
  rule: cusumRule,
});

import { detectorMethod, type Rule } from './detector.js';
import { modeParameter, type Mode } from './detector-parameters.js';

type FadingSums = {
  count: number;
  mean: number;
  rise: number;
  lowestRise: number;
  fall: number;
  highestFall: number;
};

type Limits = {
  readonly min_instances: number;
  readonly delta: number;
  readonly threshold: number;
  readonly alpha: number;
  readonly mode: Mode;
};

const pageHinkleyRule = ({ min_instances: least, delta, threshold, alpha, mode }: Limits): Rule<FadingSums> => ({
  start: () => ({ count: 0, mean: 0, rise: 0, lowestRise: 0, fall: 0, highestFall: 0 }),
  step: (memory, value) => {
    memory.count += 1;
    memory.mean += (value - memory.mean) / memory.count;
    const deviation = value - memory.mean;
    memory.rise = alpha * memory.rise + deviation - delta;
    memory.fall = alpha * memory.fall + deviation + delta;
    memory.lowestRise = memory.count === 1 ? memory.rise : Math.min(memory.lowestRise, memory.rise);
    memory.highestFall = memory.count === 1 ? memory.fall : Math.max(memory.highestFall, memory.fall);
    if (memory.count < least) return 'none';
    const rose = mode !== 'down' && memory.rise - memory.lowestRise > threshold;
    const fell = mode !== 'up' && memory.highestFall - memory.fall > threshold;
    return rose || fell ? 'change' : 'none';
  },
  estimate: ({ count, mean }) => (count === 0 ? undefined : mean),
});

/**
 * Page-Hinkley test: the sum of deviations from the running mean, each less `delta` and fading by `alpha`, has risen more than `threshold`
 * above its lowest; mirrored for decreases.
 *
 * `delta` and `threshold` are in units of the values: 50 is far for a 0/1 stream and nothing for one of thousands; see `cusum` for
 * a chart without units. No warnings. O(1). The estimate is the mean since the last change. Source: Page, Biometrika 41 (1954), 100-115;
 * Hinkley 1971. Oracle: oracles/page-hinkley.json (River 0.26.1, equal indices).
 */
export const pageHinkley = detectorMethod({
  id: 'page_hinkley',
  version: 1,
  input: 'numbers',
  meaning: 'Deviations from the running mean add up to more than a limit in units of the values.',
  estimate: 'mean since the last change',
  cost: 'O(1)',
  source: 'Page 1954, Hinkley 1971',
  parameters: {
    min_instances: { kind: 'number', default: 30, whole: true, min: 1, meaning: 'Values before the first test.' },
    delta: { kind: 'number', default: 0.005, min: 0, meaning: 'Deviation that is let pass, in units of the values.' },
    threshold: { kind: 'number', default: 50, above: 0, meaning: 'Limit on the sum, in units of the values.' },
    alpha: { kind: 'number', default: 0.9999, above: 0, max: 1, meaning: 'What is left of the sum at each value.' },
    mode: modeParameter,
  },
  rule: pageHinkleyRule,
});

import { StatisticsError } from '../errors.js';
import { detectorMethod, type Rule } from './detector.js';

type ErrorRate = {
  count: number;
  rate: number;
  /** Rate and deviation where their sum was smallest; of no meaning up to the end of the warm-up. */
  lowestRate: number;
  lowestDeviation: number;
};

type Limits = { readonly warm_start: number; readonly warning_threshold: number; readonly drift_threshold: number };

const ddmRule = (limits: Limits): Rule<ErrorRate> => {
  if (limits.warning_threshold > limits.drift_threshold)
    throw new StatisticsError('ddm requires warning_threshold to be at most drift_threshold');
  return {
    start: () => ({ count: 0, rate: 0, lowestRate: 0, lowestDeviation: 0 }),
    step: (memory, value) => {
      memory.count += 1;
      memory.rate += (value - memory.rate) / memory.count;
      if (memory.count <= limits.warm_start) return 'none';
      const deviation = Math.sqrt((memory.rate * (1 - memory.rate)) / memory.count);
      const level = memory.rate + deviation;
      if (memory.count === limits.warm_start + 1 || level <= memory.lowestRate + memory.lowestDeviation) {
        memory.lowestRate = memory.rate;
        memory.lowestDeviation = deviation;
      }
      if (level > memory.lowestRate + limits.drift_threshold * memory.lowestDeviation) return 'change';
      return level > memory.lowestRate + limits.warning_threshold * memory.lowestDeviation ? 'warning' : 'none';
    },
    estimate: ({ count, rate }) => (count === 0 ? undefined : rate),
  };
};

/**
 * DDM, drift detection method: the error rate p with its deviation s = √(p(1 − p)/n) has risen above its smallest p + s so far by more than
 * two (warning) or three (change) deviations of then.
 *
 * Finds increases of the error rate only. A model without an error in the warm-up has s = 0, so that its first error counts as a change: with
 * error rates of 0.2 to 2 % DDM raises several false alarms in 5,000 predictions. Prefer `hddm_a` or `adwin`. Input 0 or 1; O(1). The estimate
 * is the error rate. Source: Gama, Medas, Castillo and Rodrigues, SBIA 2004, 286-295. Oracle: oracles/ddm.json (River 0.26.1, equal indices).
 */
export const ddm = detectorMethod({
  id: 'ddm',
  version: 1,
  input: 'errors',
  meaning: 'The error rate is deviations above its lowest. Increases only; many false alarms where errors are rare.',
  estimate: 'error rate',
  cost: 'O(1)',
  source: 'Gama, Medas, Castillo and Rodrigues 2004',
  parameters: {
    warm_start: { kind: 'number', default: 30, whole: true, min: 0, meaning: 'Values before the first test.' },
    warning_threshold: { kind: 'number', default: 2, above: 0, meaning: 'Deviations for a warning.' },
    drift_threshold: { kind: 'number', default: 3, above: 0, meaning: 'Deviations for a change.' },
  },
  rule: ddmRule,
});

import { StatisticsError } from '../errors.js';
import { detectorMethod, type Rule } from './detector.js';

type Gaps = {
  count: number;
  lastError: number;
  errors: number;
  meanGap: number;
  /** Squared deviations of the gaps from their mean. */
  squares: number;
  widest: number;
  warning: number;
};

type Limits = { readonly warm_start: number; readonly alpha: number; readonly beta: number };

/** Mean gap plus two sample deviations, after this error's gap is counted. */
const spread = (memory: Gaps): number => {
  const gap = memory.count - memory.lastError;
  memory.errors += 1;
  memory.lastError = memory.count;
  const before = memory.meanGap;
  memory.meanGap += (gap - before) / memory.errors;
  memory.squares += (gap - before) * (gap - memory.meanGap);
  return memory.meanGap + 2 * (memory.errors > 1 ? Math.sqrt(memory.squares / (memory.errors - 1)) : 0);
};

const eddmRule = (limits: Limits): Rule<Gaps> => {
  if (limits.alpha < limits.beta) throw new StatisticsError('eddm requires alpha to be at least beta');
  return {
    start: () => ({ count: 0, lastError: 0, errors: 0, meanGap: 0, squares: 0, widest: 0, warning: 0 }),
    step: (memory, value) => {
      memory.count += 1;
      if (value === 1) {
        const now = spread(memory);
        if (memory.count > limits.warm_start && now > memory.widest) memory.widest = now;
        else if (memory.errors > limits.warm_start) {
          if (now < limits.beta * memory.widest) return 'change';
          memory.warning = now < limits.alpha * memory.widest ? 1 : 0;
        }
      }
      return memory.warning === 1 ? 'warning' : 'none';
    },
    estimate: ({ errors, meanGap }) => (errors === 0 ? undefined : meanGap),
  };
};

/**
 * EDDM, early drift detection method: the distance from error to error, as mean plus two deviations, has fallen below a share `alpha`
 * (warning) or `beta` (change) of its largest so far.
 *
 * Finds increases of the error rate only. A warning lasts until an error says otherwise. Judged from the error after `warm_start` errors on,
 * never before. Its false alarms grow with the length of the stream, as the largest spread so far is an extreme: prefer `hddm_a` or `adwin`.
 * Input 0 or 1; O(1). The estimate is the mean distance between errors, in predictions. Source: Baena-García et al., 4th International
 * Workshop on Knowledge Discovery from Data Streams, 2006. Oracle: oracles/eddm.json (River 0.26.1, equal indices).
 */
export const eddm = detectorMethod({
  id: 'eddm',
  version: 1,
  input: 'errors',
  meaning: 'Errors follow each other faster than at their sparsest. Increases only; many false alarms on long streams.',
  estimate: 'mean distance between errors, in predictions',
  cost: 'O(1)',
  source: 'Baena-García et al. 2006',
  parameters: {
    warm_start: { kind: 'number', default: 30, whole: true, min: 0, meaning: 'Errors before the first test.' },
    alpha: { kind: 'number', default: 0.95, above: 0, max: 1, meaning: 'Share of the widest spacing below which there is a warning.' },
    beta: { kind: 'number', default: 0.9, above: 0, max: 1, meaning: 'Share of the widest spacing below which there is a change.' },
  },
  rule: eddmRule,
});

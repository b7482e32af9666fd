import { StatisticsError } from '../errors.js';
import { type BinsMethod, type ScoreOptions } from '../method.js';
import { requireHistograms } from '../requirements.js';
import { chiSquareQuantile } from '../special/chi-square-quantile.js';
import { chiSquareTail } from '../special/regularised-gamma.js';
import { compensatedSum } from '../summation.js';
import { dealCounts } from './hypergeometric.js';
import { drawnLaw, type NoDriftLaw, requireLevel, type Resampling } from './no-drift-law.js';

/** From this many expected rows in every bin of the smaller sample on the chi-square forms hold. */
const EXPECTED_MIN = 10;

/**
 * To second order every divergence is a multiple of Σ (p − q)² / p, so without drift it is that multiple of (1/n + 1/m) · χ² with
 * bins − 1 degrees of freedom. `power` 2: the score is the root.
 */
type ChiSquareForm = { readonly multiple: number; readonly power: 1 | 2 };
const FORMS: ReadonlyMap<string, ChiSquareForm> = new Map<string, ChiSquareForm>([
  ['psi', { multiple: 1, power: 1 }],
  ['kullback_leibler', { multiple: 1 / 2, power: 1 }],
  ['bhattacharyya', { multiple: 1 / 8, power: 1 }],
  ['jensen_shannon', { multiple: 1 / 8, power: 2 }],
  ['hellinger', { multiple: 1 / 8, power: 2 }],
]);

/** Counts of both samples over the same bins. Rows, not summed weights. */
export type Counts = { readonly reference: readonly number[]; readonly current: readonly number[] };

/**
 * What a score over bins does without drift, given how the pooled rows spread over the bins.
 *
 * `psi`, `jensen_shannon`, `hellinger`, `kullback_leibler` and `bhattacharyya` with at least ten expected rows in every bin of the smaller
 * sample: (1/n + 1/m) · χ², scaled; O(bins). Everything else, such as `total_variation`, `l_infinity` and small samples: the pooled rows
 * are dealt out anew in each round and scored by the method itself, zero rule included; exact for bins that do not depend on which rows
 * are the reference, about a standard deviation of steps per bin and round. Bins empty on both sides do not count as bins.
 * Source: Yurdakul and Naranjo, J. Risk Model Validation 14 (2020) for PSI; Lehmann and Romano, Testing Statistical Hypotheses, 15.2.
 * @throws StatisticsError as the method does for these counts | `noDriftLaw requires whole counts`
 * @example noDriftLawOfCounts(psiMethod, { reference: [500, 500], current: [50, 50] }, { random }).critical(0.05) // 0.0845…
 */
export const noDriftLawOfCounts = (
  method: BinsMethod,
  { reference, current }: Counts,
  resampling: Resampling & { readonly options?: ScoreOptions },
): NoDriftLaw => {
  requireHistograms('noDriftLaw', reference, current, 1);
  const pooled = reference.map((count, bin) => count + (current[bin] ?? 0));
  const [n, m] = [compensatedSum(reference), compensatedSum(current)];
  const used = pooled.filter((count) => count > 0);
  const smallest = used.reduce((least, count) => Math.min(least, count), Infinity) * (Math.min(n, m) / (n + m));
  const form = FORMS.get(method.id);
  if (form && used.length > 1 && smallest >= EXPECTED_MIN) {
    const perNat = method.id === 'jensen_shannon' && resampling.options?.base === 2 ? 1 / Math.LN2 : 1;
    return chiSquareLaw(form, form.multiple * perNat * (1 / n + 1 / m), used.length - 1);
  }
  if (!pooled.every(Number.isInteger)) throw new StatisticsError('noDriftLaw requires whole counts');
  const draw = (): number => {
    const dealt = dealCounts(pooled, m, resampling.random);
    const rest = pooled.map((count, bin) => count - (dealt[bin] ?? 0));
    return method.fromBins(rest, dealt, resampling.options).score;
  };
  return drawnLaw('permutation', draw, resampling);
};

const chiSquareLaw = ({ power }: ChiSquareForm, scale: number, degrees: number): NoDriftLaw => ({
  law: 'chi_square',
  tail: (score) => chiSquareTail(Math.max(score, 0) ** power / scale, degrees),
  critical: (level) => {
    requireLevel(level);
    return (scale * chiSquareQuantile(level, degrees)) ** (1 / power);
  },
});

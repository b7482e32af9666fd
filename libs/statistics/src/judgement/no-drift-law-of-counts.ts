import { DEFAULT_ZERO_RULE } from '../binning/zero-rule.js';
import { StatisticsError } from '../errors.js';
import { meanOfCells } from '../hypothesis/cell-moments.js';
import { type BinsMethod, type ScoreOptions } from '../method.js';
import { requireHistograms } from '../requirements.js';
import { chiSquareQuantile } from '../special/chi-square-quantile.js';
import { deviance } from '../special/deviance.js';
import { chiSquareTail } from '../special/regularised-gamma.js';
import { compensatedSum } from '../summation.js';
import { dealCounts } from './hypergeometric.js';
import { drawnLaw, type NoDriftLaw, requireLevel, type Resampling } from './no-drift-law.js';

/** From this many expected rows in every bin of the smaller sample on the chi-square forms hold, with the exact mean of the score. */
const EXPECTED_MIN = 10;
/** From this many on the mean is that of the form to within a four-hundredth. */
const EXPECTED_MANY = 200;

/**
 * To second order every divergence is a multiple of Σ (p − q)² / p, so without drift it is that multiple of (1/n + 1/m) · χ² with
 * bins − 1 degrees of freedom. `cell` is what a bin adds to the divergence, in nats; `divergence` and `score` lead from one to the other.
 */
type ChiSquareForm = {
  readonly multiple: number;
  readonly cell: (reference: number, current: number) => number;
  readonly divergence: (score: number) => number;
  readonly score: (divergence: number) => number;
};
const ITSELF = { divergence: (score: number) => score, score: (divergence: number) => divergence };
const ROOT = { divergence: (score: number) => score ** 2, score: (divergence: number) => Math.sqrt(divergence) };
const LOGARITHM = { divergence: (score: number) => -Math.expm1(-score), score: (divergence: number) => -Math.log1p(-divergence) };
const ofRoots = (r: number, c: number): number => (Math.sqrt(r) - Math.sqrt(c)) ** 2 / 2;
const ofMidpoint = (r: number, c: number): number => (deviance(r, (r + c) / 2) + deviance(c, (r + c) / 2)) / 2;
const FORMS: ReadonlyMap<string, ChiSquareForm> = new Map<string, ChiSquareForm>([
  ['psi', { multiple: 1, cell: (r, c) => deviance(r, c) + deviance(c, r), ...ITSELF }],
  ['kullback_leibler', { multiple: 1 / 2, cell: (r, c) => deviance(c, r), ...ITSELF }],
  ['bhattacharyya', { multiple: 1 / 8, cell: ofRoots, ...LOGARITHM }],
  ['jensen_shannon', { multiple: 1 / 8, cell: ofMidpoint, ...ROOT }],
  ['hellinger', { multiple: 1 / 8, cell: ofRoots, ...ROOT }],
]);

/** Counts of both samples over the same bins. Rows, not summed weights. */
export type Counts = { readonly reference: readonly number[]; readonly current: readonly number[] };

/**
 * What a score over bins does without drift, given how the pooled rows spread over the bins.
 *
 * `psi`, `jensen_shannon`, `hellinger`, `kullback_leibler` and `bhattacharyya` with at least ten expected rows in every bin of the smaller
 * sample: χ², scaled to the exact mean of the score over all ways to deal the rows out (Hellinger's is larger than (1/n + 1/m)/8 per degree, and alarmed in
 * 6.2 of 100 by it), and by (1/n + 1/m) from two hundred expected on; O(bins · √count). Everything else, such as `total_variation`, `l_infinity` and small samples: the pooled rows
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
    const degrees = used.length - 1;
    const added = addedBy(method, resampling.options);
    const exact = added !== undefined && smallest < EXPECTED_MANY && [...reference, ...current].every(Number.isSafeInteger);
    const mean = exact ? meanOf(form, used, { n, m, added, bins: pooled.length }) : degrees * form.multiple * (1 / n + 1 / m);
    const scale = mean / degrees;
    return chiSquareLaw(form, scale * perNat, degrees);
  }
  if (!pooled.every(Number.isInteger)) throw new StatisticsError('noDriftLaw requires whole counts');
  const draw = (): number => {
    const dealt = dealCounts(pooled, m, resampling.random);
    const rest = pooled.map((count, bin) => count - (dealt[bin] ?? 0));
    return method.fromBins(rest, dealt, resampling.options).score;
  };
  return drawnLaw('permutation', draw, resampling);
};

/** What the zero rule adds to every count; Hellinger's distance takes shares as counted. Undefined for rules of which the mean may be infinite. */
const addedBy = ({ id }: BinsMethod, { zero = DEFAULT_ZERO_RULE }: ScoreOptions = {}): number | undefined => {
  if (id === 'hellinger') return 0;
  return zero.kind === 'add' ? zero.amount : undefined;
};

type Sides = { readonly n: number; readonly m: number; readonly added: number; readonly bins: number };

/** Mean of the divergence over all ways to deal the rows of these bins out. */
const meanOf = ({ cell }: ChiSquareForm, totals: readonly number[], { n, m, added, bins }: Sides): number => {
  const [ofReference, ofCurrent] = [n + added * bins, m + added * bins];
  return meanOfCells(totals, [n, m], (x, total) => cell((x + added) / ofReference, (total - x + added) / ofCurrent));
};

const chiSquareLaw = ({ divergence, score: scoreOf }: ChiSquareForm, scale: number, degrees: number): NoDriftLaw => ({
  law: 'chi_square',
  tail: (score) => chiSquareTail(divergence(Math.max(score, 0)) / scale, degrees),
  critical: (level) => {
    requireLevel(level);
    return scoreOf(scale * chiSquareQuantile(level, degrees));
  },
});

import { StatisticsError } from '../errors.js';
import { kolmogorovSmirnovTail } from '../hypothesis/kolmogorov-smirnov.js';
import { type DistributionMethod } from '../method.js';
import { requireSorted } from '../requirements.js';
import { sortedValues } from '../sorted.js';
import { populationDeviation } from '../summation.js';
import { bridgeOver, type Stretches, stretchesOf } from './brownian-bridge.js';
import { dealSorted, DEALT_UP_TO } from './hypergeometric.js';
import { drawnLaw, type NoDriftLaw, requireLevel, type Resampling } from './no-drift-law.js';

/** Two ascending samples. */
export type SortedSamples = { readonly reference: ArrayLike<number>; readonly current: ArrayLike<number> };

/** All values in ascending order. @throws StatisticsError `noDriftLaw requires sorted, finite values` | `… at least one value in each sample` */
export const pooledOf = ({ reference, current }: SortedSamples): Float64Array => {
  requireSorted('noDriftLaw', reference);
  requireSorted('noDriftLaw', current);
  const pooled = new Float64Array(reference.length + current.length);
  pooled.set(reference);
  pooled.set(current, reference.length);
  return sortedValues(pooled);
};

/** The score that a path of F − G makes on the axis. */
type OfPath = (path: Float64Array, widths: Float64Array) => number;

const area: OfPath = (path, widths) => path.reduce((sum, height, i) => sum + Math.abs(height) * (widths[i] ?? 0), 0);
const PATHS: ReadonlyMap<string, OfPath> = new Map<string, OfPath>([
  ['wasserstein', area],
  ['wasserstein_normalised', area],
  ['energy_distance', (path, widths) => Math.sqrt(2 * path.reduce((sum, height, i) => sum + height * height * (widths[i] ?? 0), 0))],
]);

/**
 * What a score between two samples of numbers does without drift, given the pooled values.
 *
 * `kolmogorov_smirnov`: its own distribution, exact or asymptotic as its p-value. Up to 1,000 rows together: the pooled rows are dealt out
 * anew in each round and scored by the method itself (exact; O(n + m) a round). Above: `wasserstein`, its normalised form and
 * `energy_distance` by a Brownian bridge over the pooled distribution function, times √(1/n + 1/m) (400 steps a round; the limit law of
 * both); other methods are dealt out however large.
 * Source: Lehmann and Romano, Testing Statistical Hypotheses, 15.2; del Barrio, Giné and Matrán, Ann. Probab. 27 (1999), 1009-1071.
 * @throws StatisticsError `noDriftLaw requires sorted, finite values` | `… at least one value in each sample` | as the method does
 * @example noDriftLawOfSamples(methodById('wasserstein'), { reference, current }, { random: seededRandom(1) }).critical(0.05)
 */
export const noDriftLawOfSamples = (method: DistributionMethod, samples: SortedSamples, resampling: Resampling): NoDriftLaw => {
  const pooled = pooledOf(samples);
  const [n, m] = [samples.reference.length, samples.current.length];
  if (method.id === 'kolmogorov_smirnov') return kolmogorovLaw(n, m);
  const ofPath = PATHS.get(method.id);
  if (ofPath && n + m > DEALT_UP_TO) return bridgeLaw(method, { ofPath, stretches: stretchesOf(pooled) }, samples, resampling);
  const [reference, current] = [new Float64Array(n), new Float64Array(m)];
  const draw = (): number => {
    dealSorted(pooled, reference, current, resampling.random);
    return method.fromSorted(reference, current).score;
  };
  return drawnLaw('permutation', draw, resampling);
};

const bridgeLaw = (
  method: DistributionMethod,
  { ofPath, stretches }: { readonly ofPath: OfPath; readonly stretches: Stretches },
  samples: SortedSamples,
  resampling: Resampling,
): NoDriftLaw => {
  const next = bridgeOver(stretches, resampling.random);
  const deviation = method.id === 'wasserstein_normalised' ? populationDeviation(samples.reference) : 1;
  if (deviation === 0) throw new StatisticsError('noDriftLaw requires a reference that varies');
  if (!Number.isFinite(deviation)) throw new StatisticsError('noDriftLaw requires a reference whose squares are finite');
  const scale = Math.sqrt(1 / samples.reference.length + 1 / samples.current.length) / deviation;
  return drawnLaw('brownian_bridge', () => scale * ofPath(next(), stretches.widths), resampling);
};

const kolmogorovLaw = (n: number, m: number): NoDriftLaw => ({
  law: 'kolmogorov',
  tail: (score) => kolmogorovSmirnovTail(n, m, score),
  critical: (level) => {
    requireLevel(level);
    let [low, high] = [0, 1];
    // Differences of the two functions lie on a lattice that is coarser than 2⁻³² wherever the tail is exact.
    for (let i = 0; i < 32; i += 1) {
      const middle = (low + high) / 2;
      if (kolmogorovSmirnovTail(n, m, middle) > level) low = middle;
      else high = middle;
    }
    return low;
  },
});

import { type Random } from '../random.js';
import { logGamma } from '../special/log-gamma.js';

const logChoose = (n: number, k: number): number => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);

/**
 * How many marked rows are among `draws` taken without replacement from `total` rows of which `marked` are marked. By inversion that starts
 * at the most likely number and walks outwards: about one standard deviation of steps.
 */
export const hypergeometric = (marked: number, total: number, draws: number, random: Random): number => {
  if (marked === 0 || draws === 0) return 0;
  if (marked === total) return draws;
  if (draws === total) return marked;
  if (marked === 1) return random() * total < draws ? 1 : 0;
  const [least, most] = [Math.max(0, draws + marked - total), Math.min(marked, draws)];
  const mode = Math.min(Math.max(Math.floor(((draws + 1) * (marked + 1)) / (total + 2)), least), most);
  const likeliest = Math.exp(logChoose(marked, mode) + logChoose(total - marked, draws - mode) - logChoose(total, draws));
  let left = random() - likeliest;
  let [down, up, below, above] = [mode, mode, likeliest, likeliest];
  while (left > 0 && (down > least || up < most)) {
    if (up < most) {
      above *= ((marked - up) * (draws - up)) / ((up + 1) * (total - marked - draws + up + 1));
      up += 1;
      left -= above;
      if (left <= 0) return up;
    }
    if (down > least) {
      below *= (down * (total - marked - draws + down)) / ((marked - down + 1) * (draws - down + 1));
      down -= 1;
      left -= below;
      if (left <= 0) return down;
    }
  }
  return mode;
};

/**
 * Deals rows out anew: of the pooled counts per bin, `draws` rows chosen without regard to their bin become one sample. The other sample is
 * what remains. One hypergeometric number per bin.
 */
export const dealCounts = (pooled: readonly number[], draws: number, random: Random): number[] => {
  let total = pooled.reduce((sum, count) => sum + count, 0);
  let open = draws;
  return pooled.map((count) => {
    const taken = hypergeometric(count, total, open, random);
    total -= count;
    open -= taken;
    return taken;
  });
};

/** Up to this many rows on both sides together values are dealt out one by one; above, the laws of large samples are as good and do not grow. */
export const DEALT_UP_TO = 1000;

/** Deals sorted values out anew into two samples, both sorted; the first gets `first.length` of them. One pass, nothing is sorted. */
export const dealSorted = (pooled: Float64Array, first: Float64Array, second: Float64Array, random: Random): void => {
  let [i, j] = [0, 0];
  for (let k = 0; k < pooled.length; k += 1) {
    const value = pooled[k] ?? NaN;
    if (random() * (pooled.length - k) < first.length - i) first[i++] = value;
    else second[j++] = value;
  }
};

import { type Random } from '../random.js';

/** Pieces of the axis with the distribution function on each: what a bridge is drawn over. */
export type Stretches = { readonly widths: Float64Array; readonly below: Float64Array };

/** At most this many pieces. */
const PIECES = 400;

/** The stretches of a sorted sample: neighbouring gaps between values joined, each piece with the mean of F over its width. */
export const stretchesOf = (sorted: ArrayLike<number>): Stretches => {
  const gaps = sorted.length - 1;
  const pieces = Math.min(PIECES, gaps);
  const [widths, below] = [new Float64Array(pieces), new Float64Array(pieces)];
  for (let piece = 0; piece < pieces; piece += 1) {
    const [from, until] = [Math.floor((piece * gaps) / pieces), Math.floor(((piece + 1) * gaps) / pieces)];
    const width = (sorted[until] ?? 0) - (sorted[from] ?? 0);
    let area = 0;
    for (let i = from; i < until; i += 1) area += ((sorted[i + 1] ?? 0) - (sorted[i] ?? 0)) * ((i + 1) / sorted.length);
    widths[piece] = width;
    below[piece] = width > 0 ? area / width : until / sorted.length;
  }
  return { widths, below };
};

/** Two independent standard normal numbers (Box and Muller, Ann. Math. Statist. 29, 1958). */
const normalPair = (random: Random): readonly [number, number] => {
  const [radius, angle] = [Math.sqrt(-2 * Math.log(1 - random())), 2 * Math.PI * random()];
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
};

/**
 * A Brownian bridge over the distribution function, drawn once per call: what √(nm/(n + m)) times the difference of two empirical
 * distribution functions tends to. O(pieces).
 */
export const bridgeOver = ({ below }: Stretches, random: Random): (() => Float64Array) => {
  const path = new Float64Array(below.length);
  return () => {
    let [walked, at, spare] = [0, 0, NaN];
    const normal = (): number => {
      if (spare === spare) {
        const value = spare;
        spare = NaN;
        return value;
      }
      const pair = normalPair(random);
      spare = pair[1];
      return pair[0];
    };
    for (let i = 0; i < path.length; i += 1) {
      const next = below[i] ?? 0;
      walked += Math.sqrt(Math.max(next - at, 0)) * normal();
      path[i] = walked;
      at = Math.max(at, next);
    }
    const end = walked + Math.sqrt(Math.max(1 - at, 0)) * normal();
    for (let i = 0; i < path.length; i += 1) path[i] = (path[i] ?? 0) - (below[i] ?? 0) * end;
    return path;
  };
};

import { directionsOf } from './mahalanobis.js';
import { type Leverages } from './split-moments.js';

/** Rows of numbers of both samples together: how many, what each holds, and their mean and covariance (ddof 0). */
export type PooledRows = {
  readonly rows: number;
  readonly write: (row: number, into: Float64Array) => void;
  readonly means: readonly number[];
  readonly covariance: readonly (readonly number[])[];
};

/** Places a ≤ b ≤ c, and in how many orders they stand. */
const triplesOf = (dimension: number): { readonly places: readonly [number, number, number]; readonly orders: number }[] => {
  const upTo = Array.from({ length: dimension }, (_, i) => i);
  return upTo.flatMap((a) =>
    upTo
      .slice(a)
      .flatMap((b) => upTo.slice(b).map((c) => ({ places: [a, b, c] as const, orders: a === c ? 1 : a === b || b === c ? 3 : 6 }))),
  );
};

/** How unevenly the rows weigh: what `splitMoments` asks for. O(rows · dimension³), no memory per row. */
export const leveragesOf = ({ rows, write, means, covariance }: PooledRows): Leverages => {
  const unit = 1 / Math.sqrt(rows);
  const directions = directionsOf(covariance).map((direction) => Float64Array.from(direction, (part) => part * unit));
  const [row, point] = [new Float64Array(means.length), new Float64Array(directions.length)];
  const triples = triplesOf(directions.length);
  const [products, pulled] = [new Float64Array(triples.length), new Float64Array(directions.length)];
  let [squares, cubes] = [0, 0];
  for (let i = 0; i < rows; i += 1) {
    write(i, row);
    let leverage = 0;
    for (let d = 0; d < directions.length; d += 1) {
      const direction = directions[d] ?? point;
      let along = 0;
      for (let k = 0; k < row.length; k += 1) along += ((row[k] ?? 0) - (means[k] ?? 0)) * (direction[k] ?? 0);
      point[d] = along;
      leverage += along * along;
    }
    squares += leverage ** 2;
    cubes += leverage ** 3;
    for (let d = 0; d < point.length; d += 1) pulled[d] = (pulled[d] ?? 0) + leverage * (point[d] ?? 0);
    for (let t = 0; t < triples.length; t += 1) {
      const [a, b, c] = triples[t]?.places ?? [0, 0, 0];
      products[t] = (products[t] ?? 0) + (point[a] ?? 0) * (point[b] ?? 0) * (point[c] ?? 0);
    }
  }
  return {
    dimension: directions.length,
    squares,
    cubes,
    triples: triples.reduce((sum, { orders }, t) => sum + orders * (products[t] ?? 0) ** 2, 0),
    pull: pulled.reduce((sum, part) => sum + part * part, 0),
  };
};

/** A symmetric matrix taken apart: eigenvalues, and for each its vector of length 1. In no order. */
export type SymmetricEigen = { readonly values: readonly number[]; readonly vectors: readonly (readonly number[])[] };

/** Sweeps after which any matrix of doubles is diagonal; small ones need five or six. */
const SWEEPS = 60;

/** Below this share of both diagonal values a rotation would change neither of them, nor a vector, in the last place. */
const NEGLIGIBLE = 2 ** -60;

/** Turns the plane of two coordinates so that the matrix has a 0 between them; `vectors` turn along, one per row. */
const rotate = (matrix: number[][], vectors: number[][], p: number, q: number): void => {
  const [rowP, rowQ] = [matrix[p] ?? [], matrix[q] ?? []];
  const between = rowP[q] ?? 0;
  if (between === 0) return;
  if (Math.abs(between) < NEGLIGIBLE * Math.min(Math.abs(rowP[p] ?? 0), Math.abs(rowQ[q] ?? 0))) {
    rowP[q] = 0;
    rowQ[p] = 0;
    return;
  }
  const theta = ((rowQ[q] ?? 0) - (rowP[p] ?? 0)) / (2 * between);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const cosine = 1 / Math.hypot(t, 1);
  const sine = t * cosine;
  const turn = (x: number[], y: number[]): void => {
    for (let k = 0; k < x.length; k += 1) {
      const [a, b] = [x[k] ?? 0, y[k] ?? 0];
      x[k] = cosine * a - sine * b;
      y[k] = sine * a + cosine * b;
    }
  };
  turn(rowP, rowQ);
  for (let k = 0; k < matrix.length; k += 1) {
    const row = matrix[k] ?? [];
    const [a, b] = [row[p] ?? 0, row[q] ?? 0];
    row[p] = cosine * a - sine * b;
    row[q] = sine * a + cosine * b;
  }
  rowP[q] = 0;
  rowQ[p] = 0;
  turn(vectors[p] ?? [], vectors[q] ?? []);
};

/**
 * Eigenvalues and eigenvectors of a small symmetric matrix by Jacobi's rotations: every value is right to a few units in the last place of
 * the largest. O(size³) per sweep, about six sweeps. Source: Golub and Van Loan, Matrix Computations (4th ed.), 8.5.
 */
export const symmetricEigen = (matrix: readonly (readonly number[])[]): SymmetricEigen => {
  const work = matrix.map((row) => [...row]);
  const vectors = matrix.map((_, i) => matrix.map((__, j) => (i === j ? 1 : 0)));
  const loose = (): boolean => work.some((row, i) => row.some((value, j) => i !== j && value !== 0));
  for (let sweep = 0; sweep < SWEEPS && loose(); sweep += 1) {
    for (let p = 0; p < work.length; p += 1) for (let q = p + 1; q < work.length; q += 1) rotate(work, vectors, p, q);
  }
  return { values: work.map((row, i) => row[i] ?? 0), vectors };
};

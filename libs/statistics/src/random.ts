/** Uniform numbers in [0, 1). Everything here that draws takes one as a parameter, so that a score can be computed again. */
export type Random = () => number;

/**
 * A seeded generator: sfc32 (Doty-Humphrey, PractRand), 32 bits of state word by word, period at least 2³². The same seed gives the same
 * numbers on every machine. Not for secrets.
 */
export const seededRandom = (seed: number): Random => {
  let [a, b, c, counter] = [0, seed | 0, (seed / 2 ** 32) | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // The first words still look like the seed.
  for (let round = 0; round < 15; round += 1) next();
  return next;
};

/** Puts the values into random order, in place (Fisher-Yates). */
export const shuffle = (values: { [index: number]: number; readonly length: number }, random: Random): void => {
  for (let i = values.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    const value = values[i] ?? 0;
    values[i] = values[j] ?? 0;
    values[j] = value;
  }
};

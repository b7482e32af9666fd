/** A part of a stream as the oracle files describe it: errors at a rate, or bell-shaped numbers. */
export type Segment =
  { readonly length: number; readonly rate: number } | { readonly length: number; readonly mean: number; readonly deviation: number };

/** The generator of `tools/oracles/streaming.py`, number by number: x ← 1664525·x + 1013904223 modulo 2³², as a share of 2³². */
const uniforms = (seed: number): (() => number) => {
  let x = seed;
  return () => {
    x = (Math.imul(1_664_525, x) + 1_013_904_223) >>> 0;
    return x / 2 ** 32;
  };
};

/** The values the oracle's answers belong to, the same to the last bit. */
export const oracleStream = (seed: number, segments: readonly Segment[]): number[] => {
  const draw = uniforms(seed);
  const bell = (): number => {
    let sum = 0;
    for (let i = 0; i < 12; i += 1) sum += draw();
    return sum - 6;
  };
  return segments.flatMap((segment) =>
    Array.from({ length: segment.length }, () =>
      'rate' in segment ? Number(draw() < segment.rate) : segment.mean + segment.deviation * bell(),
    ),
  );
};

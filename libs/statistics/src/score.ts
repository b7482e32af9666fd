/** What a parameter of a score may be: whatever survives JSON without loss. */
export type ParameterValue = string | number | boolean | null | readonly number[] | readonly string[];

/** The definition behind a score: bins, zero rule, log base, sizes. A score without it is noise. */
export type Parameters = Readonly<Record<string, ParameterValue>>;

/**
 * The answer of a method. Never a verdict: limits, corrections for many tests and hysteresis live in monitoring.
 * `contributions` are given on request, one per bin, and add up to the score before any root (psi), or to its square where
 * the score is a root (jensen_shannon, hellinger).
 */
export type Score = {
  readonly score: number;
  readonly pValue?: number;
  readonly parameters: Parameters;
  readonly contributions?: readonly number[];
};

import { CompensatedSum } from '../summation.js';

/** Points of the trapezoid rule per stretch; the integrand is smooth and periodic in the angle, so that these give full precision. */
const POINTS = 128;
/** A stretch whose factor e^(−x·u/2) is this far below that of the first adds nothing to a double. */
const NEGLIGIBLE_EXPONENT = 45;

/**
 * A weighted sum of squared standard normal variables with weights 1/λ₁ > 1/λ₂ > …, by D(u) = Π (1 − u/λⱼ) along a coordinate s in which
 * the λⱼ lie one apart: −D(u) = |sin π(s − first)| / (π·divisor).
 */
type Spectrum = {
  /** Where λ₁ lies in s. */
  readonly first: number;
  readonly u: (s: number) => number;
  readonly slope: (s: number) => number;
  readonly divisor: (s: number, u: number) => number;
};

/**
 * Where the rule looks within a stretch of length 1, and with what weight. The angle puts the points closer together towards both ends and
 * takes out the square roots of the integrand there.
 */
const NODES = Array.from({ length: POINTS }, (_, i) => {
  const angle = ((i + 0.5) * Math.PI) / POINTS;
  const [along, left] = [Math.sin(angle / 2) ** 2, Math.cos(angle / 2) ** 2];
  const weight = (Math.PI / POINTS) * (Math.sin(angle) / 2) * Math.sqrt(Math.PI / Math.sin(Math.PI * Math.min(along, left)));
  return { along, weight };
});

/** Integral of e^(−x·u/2) / (u·√−D(u)) from one λ to the next. */
const stretch = (x: number, start: number, { u, slope, divisor }: Spectrum): number => {
  const sum = new CompensatedSum();
  for (const { along, weight } of NODES) {
    const s = start + along;
    const at = u(s);
    sum.add((Math.exp((-x * at) / 2) / at) * weight * Math.sqrt(divisor(s, at)) * slope(s));
  }
  return sum.value;
};

/** Smirnov's formula: the tail is 1/π times the alternating sum of the integrals from λ₁ to λ₂, λ₃ to λ₄, … */
const tail = (x: number, spectrum: Spectrum): number => {
  const sum = new CompensatedSum();
  const { first, u } = spectrum;
  for (let k = 0; (x * (u(first + 2 * k) - u(first))) / 2 < NEGLIGIBLE_EXPONENT; k += 1)
    sum.add((k % 2 === 0 ? 1 : -1) * stretch(x, first + 2 * k, spectrum));
  return Math.min(Math.max(sum.value / Math.PI, 0), 1);
};

/** λⱼ = (jπ)²: D(u) = sin √u / √u. */
const CRAMER_VON_MISES: Spectrum = {
  first: 1,
  u: (s) => (Math.PI * s) ** 2,
  slope: (s) => 2 * Math.PI ** 2 * s,
  divisor: (s) => s,
};

/** λⱼ = j(j + 1): D(u) = −cos(π/2·√(1 + 4u)) / (πu). */
const ANDERSON_DARLING: Spectrum = {
  first: 1.5,
  u: (s) => (s - 0.5) * (s + 0.5),
  slope: (s) => 2 * s,
  divisor: (_s, u) => u,
};

/**
 * Probability that the limit of the Cramér-von Mises statistic, the integral of a squared Brownian bridge, reaches at least x. From 1 to 0;
 * relative error below 1e-13 down to 1e-300, since the tail is not taken as a difference from 1. About a hundred evaluations per stretch,
 * one stretch far out, 27 near 0. Source: Smirnov 1936; Durbin, Distribution Theory for Tests (SIAM 1973), p. 32.
 * Oracle: oracles/squared-bridge-tail.json.
 */
export const cramerVonMisesTail = (x: number): number => (x < 0.003 ? 1 : tail(x, CRAMER_VON_MISES));

/**
 * Probability that the limit of the Anderson-Darling statistic, the integral of B(t)²/(t(1 − t)) over a Brownian bridge, reaches at least
 * x. Range, error and cost as `cramerVonMisesTail`. Source: Anderson and Darling, Annals of Mathematical Statistics 23 (1952), 193-212.
 * Oracle: oracles/squared-bridge-tail.json.
 */
export const andersonDarlingTail = (x: number): number => (x < 0.03 ? 1 : tail(x, ANDERSON_DARLING));

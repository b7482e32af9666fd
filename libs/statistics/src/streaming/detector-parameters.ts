import { StatisticsError } from '../errors.js';

/** A number with its range; `above` and `below` exclude their end. */
export type NumberParameter = {
  readonly kind: 'number';
  readonly default: number;
  readonly whole?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly below?: number;
  readonly meaning: string;
};
export type ChoiceParameter<C extends string = string> = {
  readonly kind: 'choice';
  readonly default: C;
  readonly values: readonly C[];
  readonly meaning: string;
};
export type FlagParameter = { readonly kind: 'flag'; readonly default: boolean; readonly meaning: string };
export type DetectorParameter = NumberParameter | ChoiceParameter | FlagParameter;

/** Parameters by name; the names are River's. */
export type DetectorParameters = Readonly<Record<string, DetectorParameter>>;
export type DetectorParameterValue = number | string | boolean;

/** What a parameter holds once it is chosen. */
type ValueOf<P> = P extends NumberParameter ? number : P extends ChoiceParameter<infer C> ? C : boolean;
export type ChosenParameters<P extends DetectorParameters> = { readonly [K in keyof P]: ValueOf<P[K]> };

/** Which way a mean may move to count as a change. */
export const MODES = ['up', 'down', 'both'] as const;
export type Mode = (typeof MODES)[number];
export const modeParameter: ChoiceParameter<Mode> = {
  kind: 'choice',
  default: 'both',
  values: MODES,
  meaning: 'Report increases, decreases or both.',
};

const fitsNumber = (p: NumberParameter, value: unknown): boolean =>
  typeof value === 'number' &&
  Number.isFinite(value) &&
  (p.whole !== true || Number.isSafeInteger(value)) &&
  value >= (p.min ?? -Infinity) &&
  value <= (p.max ?? Infinity) &&
  value > (p.above ?? -Infinity) &&
  value < (p.below ?? Infinity);

const fits = (parameter: DetectorParameter, value: unknown): boolean => {
  switch (parameter.kind) {
    case 'number':
      return fitsNumber(parameter, value);
    case 'choice':
      return parameter.values.some((allowed) => allowed === value);
    case 'flag':
      return typeof value === 'boolean';
  }
};

/** What a parameter takes, in words that stand behind "takes" or "to be": `a whole number ≥ 1`, `up, down or both`, `true or false`. */
export const rangeOfParameter = (parameter: DetectorParameter): string => {
  if (parameter.kind === 'flag') return 'true or false';
  if (parameter.kind === 'choice') return `${parameter.values.slice(0, -1).join(', ')} or ${parameter.values.at(-1) ?? ''}`;
  const bounds: readonly (readonly [string, number | undefined])[] = [
    ['≥', parameter.min],
    ['>', parameter.above],
    ['≤', parameter.max],
    ['<', parameter.below],
  ];
  const limits = bounds.flatMap(([sign, bound]) => (bound === undefined ? [] : [`${sign} ${bound}`]));
  return [parameter.whole === true ? 'a whole number' : 'a number', limits.join(' and ')].join(' ').trimEnd();
};

/**
 * The given parameters, checked, and the defaults of the others.
 * @throws StatisticsError `adwin requires delta to be a number > 0 and < 1` | `adwin requires known parameters, not "lambda"; it has delta, …`
 */
export const chosenParameters = <P extends DetectorParameters>(
  method: string,
  parameters: P,
  given: Readonly<Record<string, unknown>>,
): ChosenParameters<P> => {
  const stranger = Object.keys(given).find((name) => !Object.hasOwn(parameters, name));
  if (stranger !== undefined)
    throw new StatisticsError(
      `${method} requires known parameters, not ${JSON.stringify(stranger)}; it has ${Object.keys(parameters).join(', ')}`,
    );
  const chosen = Object.entries(parameters).map(([name, parameter]) => {
    const value = given[name] ?? parameter.default;
    if (!fits(parameter, value)) throw new StatisticsError(`${method} requires ${name} to be ${rangeOfParameter(parameter)}`);
    return [name, value];
  });
  // Every name of P was checked to hold what its kind says.
  return Object.fromEntries(chosen) as ChosenParameters<P>;
};

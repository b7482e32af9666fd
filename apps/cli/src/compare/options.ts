import {
  type Binning,
  BINNINGS,
  DEFAULT_BINNING,
  DEFAULT_METHODS,
  DEFAULT_ZERO_RULE,
  isMethodId,
  type LogBase,
  METHOD_IDS,
  type MethodId,
  type OtherRule,
  parseZeroRule,
  StatisticsError,
  type ZeroRule,
} from '#libs/statistics';
import { UsageError } from '../usage-error.js';

/** Options as the command line gives them: text, lists of text, flags. */
export type RawOptions = {
  readonly method?: readonly string[];
  readonly bins?: string;
  readonly binning?: string;
  readonly zero?: string;
  readonly base?: string;
  readonly categoriesMax?: string;
  readonly expectedMin?: string;
  readonly threshold?: readonly string[];
  readonly exact?: boolean;
  readonly buckets?: boolean;
  readonly like?: string;
  readonly quality?: boolean;
  readonly level?: string;
  readonly html?: string;
  readonly json?: boolean;
};

/** Limits on scores: one for all methods, or by method. */
export type Thresholds = { readonly all?: number; readonly byMethod: ReadonlyMap<MethodId, number> };

/** What to compare and how; every default is filled in. */
export type CompareOptions = {
  /** Undefined: the default methods of each kind. */
  readonly methods?: readonly MethodId[];
  readonly bins: number;
  readonly binning: Binning;
  readonly zero: ZeroRule;
  readonly base: LogBase;
  /** Which rare words a test of counts takes as one. Undefined: the method's own rule. */
  readonly other?: OtherRule;
  readonly thresholds: Thresholds;
  readonly mode: 'exact' | 'buckets';
  readonly quality: boolean;
  /** Probability of a false alarm at which scores are called beyond chance. Undefined: nobody asked. */
  readonly level?: number;
};

const MOST_BINS = 1000;

const bins = (text: string): number => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 2 || value > MOST_BINS) {
    throw new UsageError('BINS_INVALID', `--bins takes a whole number from 2 to ${MOST_BINS}, got ${JSON.stringify(text)}`);
  }
  return value;
};

const binning = (text: string): Binning => {
  const found = BINNINGS.find((known) => known === text);
  if (found === undefined)
    throw new UsageError('BINNING_UNKNOWN', `--binning takes one of ${BINNINGS.join(', ')}, got ${JSON.stringify(text)}`);
  return found;
};

/** @throws UsageError METHOD_UNKNOWN */
export const parseMethod = (text: string): MethodId => {
  if (!isMethodId(text))
    throw new UsageError('METHOD_UNKNOWN', `--method takes one of ${METHOD_IDS.join(', ')}, got ${JSON.stringify(text)}`);
  return text;
};

const zero = (text: string): ZeroRule => {
  try {
    return parseZeroRule(text);
  } catch (error) {
    if (!(error instanceof StatisticsError)) throw error;
    throw new UsageError(
      'ZERO_INVALID',
      `--zero takes add:<amount above 0>, replace:<share between 0 and 1> or none, got ${JSON.stringify(text)}`,
    );
  }
};

const base = (text: string): LogBase => {
  if (text !== 'e' && text !== '2') throw new UsageError('BASE_INVALID', `--base takes e or 2, got ${JSON.stringify(text)}`);
  return text === '2' ? 2 : 'e';
};

const other = ({ categoriesMax, expectedMin }: RawOptions): OtherRule | undefined => {
  if (categoriesMax !== undefined && (!/^\d+$/.test(categoriesMax) || Number(categoriesMax) < 2))
    throw new UsageError('CATEGORIES_INVALID', `--categories-max takes a whole number of at least 2, got ${JSON.stringify(categoriesMax)}`);
  if (expectedMin !== undefined && !(Number(expectedMin) > 0 && Number.isFinite(Number(expectedMin))))
    throw new UsageError('EXPECTED_INVALID', `--expected-min takes a number above 0, got ${JSON.stringify(expectedMin)}`);
  if (categoriesMax === undefined && expectedMin === undefined) return undefined;
  return {
    ...(categoriesMax !== undefined && { categoriesMax: Number(categoriesMax) }),
    ...(expectedMin !== undefined && { expectedMin: Number(expectedMin) }),
  };
};

const LEAST_LEVEL = 0.001;

const level = (text: string): number => {
  const value = Number(text);
  if (!(value >= LEAST_LEVEL && value <= 0.5))
    throw new UsageError('LEVEL_INVALID', `--level takes a probability from ${LEAST_LEVEL} to 0.5, got ${JSON.stringify(text)}`);
  return value;
};

const limit = (text: string, whole: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new UsageError('THRESHOLD_INVALID', `--threshold takes a number of at least 0, or method=number, got ${JSON.stringify(whole)}`);
  }
  return value;
};

const thresholds = (texts: readonly string[]): Thresholds => {
  const byMethod = new Map<MethodId, number>();
  let all: number | undefined;
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at < 0) all = limit(text, text);
    else byMethod.set(parseMethod(text.slice(0, at)), limit(text.slice(at + 1), text));
  }
  return { byMethod, ...(all !== undefined && { all }) };
};

/** Refuses a limit on a method that nothing is measured by: it would silently judge nothing. */
const requireMeasured = ({ byMethod }: Thresholds, methods: readonly MethodId[]): void => {
  const idle = [...byMethod.keys()].find((id) => !methods.includes(id));
  if (idle !== undefined)
    throw new UsageError('THRESHOLD_UNUSED', `--threshold names ${idle}, which is not measured; add --method ${idle} to measure it`);
};

/**
 * Checks and completes the options of `compare`.
 * @throws UsageError METHOD_UNKNOWN | BINS_INVALID | BINNING_UNKNOWN | ZERO_INVALID | BASE_INVALID | CATEGORIES_INVALID | EXPECTED_INVALID |
 *   THRESHOLD_INVALID | THRESHOLD_UNUSED | LEVEL_INVALID | MODES_CONFLICT
 */
export const parseOptions = (raw: RawOptions): CompareOptions => {
  if (raw.exact === true && raw.buckets === true) throw new UsageError('MODES_CONFLICT', '--exact and --buckets exclude each other');
  const rare = other(raw);
  const methods = raw.method && raw.method.length > 0 ? [...new Set(raw.method.map(parseMethod))] : undefined;
  const limits = thresholds(raw.threshold ?? []);
  requireMeasured(limits, methods ?? Object.values(DEFAULT_METHODS).flat());
  return {
    ...(methods && { methods }),
    bins: raw.bins === undefined ? DEFAULT_BINNING.bins : bins(raw.bins),
    binning: raw.binning === undefined ? DEFAULT_BINNING.binning : binning(raw.binning),
    zero: raw.zero === undefined ? DEFAULT_ZERO_RULE : zero(raw.zero),
    base: raw.base === undefined ? 'e' : base(raw.base),
    ...(rare && { other: rare }),
    thresholds: limits,
    mode: raw.buckets === true ? 'buckets' : 'exact',
    quality: raw.quality === true,
    ...(raw.level !== undefined && { level: level(raw.level) }),
  };
};

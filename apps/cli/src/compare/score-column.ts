import {
  type BinsMethod,
  DEFAULT_METHODS,
  type Kind,
  type Method,
  methodById,
  type MethodId,
  type Score,
  type ScoreOptions,
  sharesOf,
  StatisticsError,
} from '#libs/statistics';
import { chanceOf, type ChanceRule, type Waiting } from './chance.js';
import { type CompareOptions } from './options.js';
import { type MethodReport, type Moved } from './report.js';
import { type Bins, type Sides } from './sides.js';

const MOST_MOVED = 3;

const topMoved = (bins: Bins, contributions: readonly number[]): Moved[] => {
  const [r, c] = [sharesOf(bins.reference, { kind: 'none' }), sharesOf(bins.current, { kind: 'none' })];
  const order = contributions.map((_, i) => i).sort((a, b) => (contributions[b] ?? 0) - (contributions[a] ?? 0));
  return order
    .slice(0, MOST_MOVED)
    .filter((i) => r[i] !== c[i])
    .map((i) => ({ bin: bins.labels[i] ?? '', reference: r[i] ?? 0, current: c[i] ?? 0 }));
};

const scoreOptions = ({ other }: Sides, { zero, base }: CompareOptions): ScoreOptions => ({ zero, base, ...(other && { other }) });

const fromBins = (method: BinsMethod, sides: Sides, options: CompareOptions): Measured => {
  const bins = sides.bins();
  const score = method.fromBins(bins.reference, bins.current, { ...scoreOptions(sides, options), contributions: true });
  const parameters = { ...sides.parameters, ...bins.parameters, ...score.parameters };
  return { score: { ...score, parameters }, ...(score.contributions && { moved: topMoved(bins, score.contributions) }) };
};

const judged = (id: MethodId, score: number, { thresholds }: CompareOptions): Pick<MethodReport, 'threshold' | 'drifted'> => {
  const threshold = thresholds.byMethod.get(id) ?? thresholds.all;
  return threshold === undefined ? {} : { threshold, drifted: score >= threshold };
};

/** An infinite score is at or beyond any limit where a bin is empty; a number that is too large for a double says nothing, nor does its p-value. */
const unscored = (
  method: Method,
  score: number,
  options: CompareOptions,
): Pick<MethodReport, 'score' | 'reason' | 'threshold' | 'drifted'> =>
  method.needs === 'bins' && options.zero.kind === 'none' && score === Infinity
    ? { score: null, ...judged(method.id, score, options), reason: INFINITE }
    : { score: null, reason: TOO_LARGE };

const TOO_LARGE = 'the score is too large for a double';
const INFINITE = 'a bin is empty on one side only, which is infinitely far under the zero rule none';

type Measured = { readonly score: Score; readonly moved?: readonly Moved[] };

const measured = (method: Method, sides: Sides, options: CompareOptions): Measured => {
  if (method.needs === 'bins') return fromBins(method, sides, options);
  const score = sides.whole?.(method);
  if (!score) throw new StatisticsError(`${method.id} does not fit this column`);
  return { score };
};

const scoreOne = (method: Method, sides: Sides, options: CompareOptions, rule: ChanceRule | undefined): Waiting => {
  const base = { id: method.id, parameters: { version: method.version, ...sides.parameters } };
  if (sides.empty !== undefined) return { ...base, score: null, reason: sides.empty };
  try {
    const { score, moved } = measured(method, sides, options);
    const parameters = { ...base.parameters, ...score.parameters };
    if (!Number.isFinite(score.score)) return { ...base, ...unscored(method, score.score, options), parameters, ...(moved && { moved }) };
    const unadjusted = rule && chanceOf(method, score, sides, { ...rule, options: scoreOptions(sides, options) });
    return {
      ...base,
      score: score.score,
      ...(score.pValue !== undefined && { pValue: score.pValue }),
      ...judged(method.id, score.score, options),
      parameters,
      ...(moved && { moved }),
      ...(unadjusted && { unadjusted }),
    };
  } catch (error) {
    if (!(error instanceof StatisticsError)) throw error;
    return { ...base, score: null, reason: error.message };
  }
};

/** Every asked or default method that fits the kind of the column, in the order asked; held against chance where there is a rule. */
export const scoreColumn = (kind: Kind, sides: Sides, options: CompareOptions, rule?: ChanceRule): Waiting[] =>
  (options.methods ?? DEFAULT_METHODS[kind])
    .map(methodById)
    .filter((method) => method.kinds.includes(kind))
    .map((method) => scoreOne(method, sides, options, rule));

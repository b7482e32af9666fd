import { isMethodId, type Method, methodById, type Score, StatisticsError } from '#libs/statistics';
import { type JudgingBins } from './bins.js';
import { type MethodRef } from './definition.js';
import { optionsOf } from './definition-methods.js';
import { type MethodScore, type Unscored, type UnscoredReason } from './measurement.js';
import { type SubjectSamples } from './sample.js';

/**
 * Most values of a sample that are read for a method that counts do not serve. Four weeks of the busiest deployment that has daily windows by
 * default fit; the slowest of these methods takes some seconds for more.
 */
export const VALUES_MAX = 250_000;

/** Scores of a subject, and the methods that have none, each in the order they were asked for. */
export type Scored = { readonly scores: readonly MethodScore[]; readonly unscored: readonly Unscored[] };

/** A method to score by. `judging`: empty bins stay empty in its Jensen-Shannon distance, since its law without drift is that of the plain one. */
export type Asked = MethodRef & { readonly judging: boolean };

/**
 * Scores by every method asked for. Over bins where a method takes bins; of a whole distribution from values where the subject has them
 * (`exact`), else from bucket counts, else from the values beside them. Never throws for samples a method refuses: that is its answer.
 * A pause follows each method that took values, which may have taken a second: who scores beside other work lets that have its turn.
 */
export function* scoring(
  samples: SubjectSamples,
  bins: JudgingBins | undefined,
  asked: readonly Asked[],
): Generator<'pause', Scored, undefined> {
  const [scores, unscored]: [MethodScore[], Unscored[]] = [[], []];
  for (const one of asked) {
    const answer = answerOf(samples, bins, one);
    if ('score' in answer) scores.push(answer);
    else unscored.push(answer);
    if ('score' in answer && (answer.mode ?? samples.mode) === 'exact') yield 'pause';
  }
  return { scores, unscored };
}

/** Whether some of these methods need values although their subject is counted in buckets. */
export const needsValues = (asked: readonly MethodRef[]): boolean =>
  asked.some(({ id }) => {
    const method = isMethodId(id) ? methodById(id) : undefined;
    return method?.needs === 'distribution' && method.fromBuckets === undefined;
  });

const WORDS: Readonly<Record<Exclude<UnscoredReason, 'not_defined'>, string>> = {
  nothing_to_compare: 'the window or its reference has no value that counts',
  values_not_kept: 'it needs values, and of this reference counts are kept',
  too_many_values: `it needs values, and at most ${VALUES_MAX} of a sample are read`,
};

const answerOf = (samples: SubjectSamples, bins: JudgingBins | undefined, asked: Asked): MethodScore | Unscored => {
  if (!isMethodId(asked.id)) return without(asked, 'not_defined', `there is no method ${asked.id}`);
  const method = methodById(asked.id);
  if (!bins) return without(method, 'nothing_to_compare');
  const found = scoreOf(method, samples, bins, asked);
  if (typeof found === 'string') return without(method, found);
  if (found instanceof StatisticsError) return without(method, 'not_defined', found.message);
  const { score, pValue, parameters } = found;
  const beyond = beyondNumbers({ score, pValue, ...parameters });
  if (beyond !== undefined) return without(method, 'not_defined', beyond);
  const beside = method.needs === 'distribution' && samples.mode === 'buckets' && !method.fromBuckets;
  return {
    method: method.id,
    version: method.version,
    score,
    ...(pValue !== undefined && { pValue }),
    ...(beside && { mode: 'exact' as const }),
    parameters,
  };
};

/**
 * The first of these that is not a finite number though it is a number, in words. Values near 1.8e308 overflow in many a method, and a
 * measurement with such a number could not be recorded.
 */
const beyondNumbers = (named: Readonly<Record<string, unknown>>): string | undefined => {
  const isBeyond = (value: unknown): boolean => typeof value === 'number' && !Number.isFinite(value);
  const found = Object.entries(named).find(([, value]) => (Array.isArray(value) ? value.some(isBeyond) : isBeyond(value)));
  return found && `the ${found[0]} is ${String(found[1])}`;
};

const without = (
  { id, version }: Pick<MethodRef, 'id' | 'version'>,
  reason: UnscoredReason,
  detail = reason === 'not_defined' ? '' : WORDS[reason],
): Unscored => ({ method: id, version, reason, detail });

type Found = Score | StatisticsError | Exclude<UnscoredReason, 'not_defined'>;

const scoreOf = (method: Method, samples: SubjectSamples, bins: JudgingBins, asked: Asked): Found => {
  try {
    const options = optionsOf(asked);
    if (method.needs === 'bins') {
      const plain = asked.judging && method.id === 'jensen_shannon';
      return method.fromBins(bins.reference, bins.current, plain ? { zero: { kind: 'none' } } : options);
    }
    if (samples.form !== 'numeric') return new StatisticsError(`${method.id} requires numbers`);
    if (samples.mode === 'exact') return method.fromSorted(samples.reference.values, samples.current.values, options);
    if (method.fromBuckets) return method.fromBuckets(samples.reference.counts, samples.current.counts, samples.grid);
    const { values = { missing: 'values_not_kept' } } = samples;
    return 'missing' in values ? values.missing : method.fromSorted(values.reference, values.current, options);
  } catch (error) {
    if (error instanceof StatisticsError) return error;
    throw error;
  }
};

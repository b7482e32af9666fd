import { flatten } from './flatten.js';
import { type IntakeLimits } from './limits.js';
import { integerIn, numberOr, refused, readTime, textOf, words, type Refused } from './fields.js';

/** One prediction as the producer meant it: names settled, times in epoch milliseconds, features flat. Not yet typed by a schema. */
export type PredictionRecord = {
  readonly id: string | null;
  readonly at: number | null;
  readonly features: Readonly<Record<string, unknown>>;
  readonly version: string | null;
  readonly variant: string | null;
  readonly subject: string | null;
  readonly segments: Readonly<Record<string, string>> | null;
  readonly latencyMs: number | null;
  readonly weight: number;
  readonly value: unknown;
  readonly score: unknown;
  readonly class: unknown;
  readonly probabilities: Readonly<Record<string, number>> | readonly number[] | null;
  readonly decision: { readonly action: string; readonly threshold: number | null; readonly reasons: readonly string[] | null } | null;
  readonly error: string | null;
  /** Members nobody reads, kept as sent. */
  readonly unread: Readonly<Record<string, unknown>> | null;
};

export type Members = Readonly<Record<string, unknown>>;

const KNOWN = new Set(
  ['id', 'predictionId', 'at', 'predictedAt', 'time', 'timestamp', 'features', 'output', 'value', 'score', 'class', 'probabilities'].concat(
    ['version', 'modelVersion', 'variant', 'subject', 'segments', 'latencyMs', 'weight', 'decision', 'error'],
  ),
);

/** Reads one raw record. A refusal names the field and, where there is one, the limit. */
export function readPrediction(raw: unknown, now: number, limits: IntakeLimits): PredictionRecord | Refused {
  if (!isMembers(raw)) return refused('', 'NOT_AN_OBJECT', 'a prediction is a JSON object');
  const id = textOf(raw['id'] ?? raw['predictionId'], 'id', limits.idLengthMax);
  if (isRefused(id)) return id;
  const at = readTime(raw['at'] ?? raw['predictedAt'] ?? raw['time'] ?? raw['timestamp'], now, limits);
  if (isRefused(at)) return at;
  const features = flatten(raw['features'] ?? {}, limits);
  if (isRefused(features)) return features;
  const about = readAbout(raw, limits);
  if (isRefused(about)) return about;
  const output = readOutput(raw, limits);
  if (isRefused(output)) return output;
  const decision = readDecision(raw['decision'], limits);
  if (isRefused(decision)) return decision;
  return { id, at, features, ...about, ...output, decision, unread: unreadOf(raw) };
}

export const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);

export const isRefused = (value: unknown): value is Refused => typeof value === 'object' && value !== null && 'refusedField' in value;

type About = Pick<PredictionRecord, 'version' | 'variant' | 'subject' | 'segments' | 'latencyMs' | 'weight' | 'error'>;

function readAbout(raw: Members, limits: IntakeLimits): About | Refused {
  const version = textOf(raw['version'] ?? raw['modelVersion'], 'version', limits.idLengthMax);
  if (isRefused(version)) return version;
  const variant = textOf(raw['variant'], 'variant', limits.idLengthMax);
  if (isRefused(variant)) return variant;
  const subject = textOf(raw['subject'], 'subject', limits.idLengthMax);
  if (isRefused(subject)) return subject;
  const error = textOf(raw['error'], 'error', limits.stringLengthMax);
  if (isRefused(error)) return error;
  const latencyMs = numberOr(raw['latencyMs'], 'latencyMs');
  if (isRefused(latencyMs)) return latencyMs;
  const weight = integerIn(raw['weight'] ?? 1, 'weight', 1, 1_000_000);
  if (isRefused(weight)) return weight;
  const segments = readSegments(raw['segments'], limits);
  if (isRefused(segments)) return segments;
  return { version, variant, subject, error, latencyMs, weight, segments };
}

const SEGMENTS_MAX = 20;

function readSegments(raw: unknown, limits: IntakeLimits): Readonly<Record<string, string>> | null | Refused {
  if (raw === undefined || raw === null) return null;
  if (!isMembers(raw)) return refused('segments', 'NOT_AN_OBJECT', 'segments is an object of tags');
  const names = Object.keys(raw);
  if (names.length > SEGMENTS_MAX)
    return refused('segments', 'TOO_MANY_SEGMENTS', `a prediction has at most ${SEGMENTS_MAX} segment tags`, SEGMENTS_MAX);
  const tags = new Map<string, string>();
  for (const name of names) {
    const tag = raw[name];
    const text = textOf(
      typeof tag === 'number' || typeof tag === 'boolean' ? String(tag) : tag,
      `segments.${name.slice(0, 64)}`,
      limits.idLengthMax,
    );
    if (isRefused(text)) return text;
    if (name.length > limits.idLengthMax || !name.isWellFormed())
      return refused('segments', 'NAME_INVALID', `a tag name has at most ${limits.idLengthMax} characters`, limits.idLengthMax);
    if (text !== null) tags.set(name, text);
  }
  return Object.fromEntries(tags);
}

type Output = Pick<PredictionRecord, 'value' | 'score' | 'class' | 'probabilities'>;

/** Outputs may stand under `output` or beside the features; a bare `output` is the value or the class itself. */
function readOutput(raw: Members, limits: IntakeLimits): Output | Refused {
  const given = raw['output'];
  const bare = given !== undefined && given !== null && !isMembers(given);
  const output = isMembers(given) ? given : bare ? (typeof given === 'number' ? { value: given } : { class: given }) : raw;
  const probabilities = readProbabilities(output['probabilities'], limits);
  if (isRefused(probabilities)) return probabilities;
  for (const name of ['value', 'score', 'class'] as const) {
    const value = output[name];
    if (typeof value === 'number' && !Number.isFinite(value)) return refused(name, 'NUMBER_TOO_LARGE', 'a number is within ±1.8e308');
    if (typeof value !== 'string') continue;
    const text = textOf(value, name, limits.stringLengthMax);
    if (isRefused(text)) return text;
  }
  return { value: output['value'] ?? null, score: output['score'] ?? null, class: output['class'] ?? null, probabilities };
}

const CLASSES_MAX = 1_000;

function readProbabilities(raw: unknown, limits: IntakeLimits): PredictionRecord['probabilities'] | Refused {
  if (raw === undefined || raw === null) return null;
  const given: readonly unknown[] = Array.isArray(raw) ? raw : isMembers(raw) ? Object.values(raw) : [undefined];
  if (given.length > CLASSES_MAX) return refused('probabilities', 'TOO_MANY_CLASSES', `at most ${CLASSES_MAX} probabilities`, CLASSES_MAX);
  const numbers = given.filter((p): p is number => typeof p === 'number' && Number.isFinite(p));
  if (numbers.length !== given.length)
    return refused('probabilities', 'NOT_NUMBERS', 'probabilities is an array of numbers or an object of numbers by class');
  if (!isMembers(raw)) return numbers;
  const long = Object.keys(raw).find((name) => name.length > limits.idLengthMax || !name.isWellFormed());
  if (long !== undefined)
    return refused('probabilities', 'NAME_INVALID', `a class name has at most ${limits.idLengthMax} characters`, limits.idLengthMax);
  return Object.fromEntries(Object.keys(raw).map((name, index) => [name, numbers[index] ?? 0]));
}

const REASONS_MAX = 20;

function readDecision(raw: unknown, limits: IntakeLimits): PredictionRecord['decision'] | Refused {
  if (raw === undefined || raw === null) return null;
  if (typeof raw === 'string') return readDecision({ action: raw }, limits);
  if (!isMembers(raw)) return refused('decision', 'NOT_AN_OBJECT', 'decision is an action or an object {action, threshold, reasons}');
  const action = textOf(raw['action'], 'decision.action', limits.stringLengthMax);
  if (isRefused(action)) return action;
  if (action === null) return refused('decision.action', 'MISSING', 'a decision names its action');
  const threshold = numberOr(raw['threshold'], 'decision.threshold');
  if (isRefused(threshold)) return threshold;
  const reasons = words(raw['reasons'], 'decision.reasons', REASONS_MAX, limits.stringLengthMax);
  if (isRefused(reasons)) return reasons;
  return { action, threshold, reasons };
}

function unreadOf(raw: Members): Members | null {
  let unread: Record<string, unknown> | null = null;
  for (const name of Object.keys(raw)) {
    if (KNOWN.has(name)) continue;
    unread ??= Object.create(null) as Record<string, unknown>;
    unread[name] = raw[name];
  }
  return unread;
}

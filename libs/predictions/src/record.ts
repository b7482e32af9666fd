import { flatten } from './flatten.js';
import {
  firstOf,
  integerIn,
  isMembers,
  isRefused,
  numberProblem,
  refused,
  readTime,
  textOf,
  type Members,
  type Refused,
} from './fields.js';
import { nameProblem } from './kept.js';
import { type IntakeLimits } from './limits.js';
import { readOutputs } from './outputs.js';
import { type PredictionRecord } from './prediction-record.js';
import { Unread } from './unread.js';

/** Names one member may have; the first that is given counts. */
const ID = ['id', 'predictionId'];
const AT = ['at', 'predictedAt', 'time', 'timestamp'];
const VERSION = ['version', 'modelVersion'];
const KNOWN = new Set([
  ...[...ID, ...AT, ...VERSION, 'features', 'output', 'value', 'score', 'class', 'probabilities'],
  ...['variant', 'subject', 'segments', 'latencyMs', 'weight', 'decision', 'error'],
]);

/** Reads one raw record. A refusal names the field and, where there is one, the limit. */
export function readPrediction(raw: unknown, now: number, limits: IntakeLimits): PredictionRecord | Refused {
  if (!isMembers(raw)) return refused('', 'NOT_AN_OBJECT', 'a prediction is a JSON object');
  const unread = new Unread();
  for (const name of Object.keys(raw)) if (!KNOWN.has(name)) unread.keep(name, raw[name]);
  const id = textOf(oneOf(raw, ID, unread), 'id', limits.idLengthMax);
  if (isRefused(id)) return id;
  const at = readTime(oneOf(raw, AT, unread), 'at', now, limits);
  if (isRefused(at)) return at;
  const features = flatten(raw['features'] ?? {}, limits);
  if (isRefused(features)) return features;
  const about = readAbout(raw, unread, limits);
  if (isRefused(about)) return about;
  const outputs = readOutputs(raw, unread, limits);
  if (isRefused(outputs)) return outputs;
  const kept = unread.settled(limits);
  return isRefused(kept) ? kept : { id, at, features, ...about, ...outputs, unread: kept };
}

/** What stands under a second name of the same member is kept unread. */
function oneOf(raw: Members, names: readonly string[], unread: Unread): unknown {
  const { value, others } = firstOf(raw, names);
  for (const name of others) unread.keep(name, raw[name]);
  return value;
}

type About = Pick<PredictionRecord, 'version' | 'variant' | 'subject' | 'segments' | 'latencyMs' | 'weight' | 'error'>;

function readAbout(raw: Members, unread: Unread, limits: IntakeLimits): About | Refused {
  const version = textOf(oneOf(raw, VERSION, unread), 'version', limits.idLengthMax);
  if (isRefused(version)) return version;
  const variant = textOf(raw['variant'], 'variant', limits.idLengthMax);
  if (isRefused(variant)) return variant;
  const subject = textOf(raw['subject'], 'subject', limits.idLengthMax);
  if (isRefused(subject)) return subject;
  const weight = integerIn(raw['weight'] ?? 1, 'weight', 1, 1_000_000);
  if (isRefused(weight)) return weight;
  const segments = readSegments(raw['segments'], limits);
  if (isRefused(segments)) return segments;
  const error = typeof raw['error'] === 'string' ? textOf(raw['error'], 'error', limits.stringLengthMax) : null;
  if (isRefused(error)) return error;
  const latencyMs = typeof raw['latencyMs'] === 'number' ? raw['latencyMs'] : null;
  const endless = latencyMs === null ? undefined : numberProblem(latencyMs, 'latencyMs');
  if (endless) return endless;
  // What was measured or answered is kept even where its type is not the expected one.
  if (error === null && raw['error'] !== null && raw['error'] !== '') unread.keep('error', raw['error']);
  if (latencyMs === null && raw['latencyMs'] !== null) unread.keep('latencyMs', raw['latencyMs']);
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
    const problem = nameProblem(name, 'segments', { ...limits, stringLengthMax: limits.idLengthMax });
    if (problem) return problem;
    const tag = raw[name];
    const text = textOf(typeof tag === 'boolean' ? String(tag) : tag, `segments.${name}`, limits.idLengthMax);
    if (isRefused(text)) return text;
    if (text !== null) tags.set(name, text);
  }
  return Object.fromEntries(tags);
}

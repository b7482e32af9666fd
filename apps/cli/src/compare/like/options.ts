import { type MethodId } from '#libs/statistics';
import { UsageError } from '../../usage-error.js';
import { parseMethod, type RawOptions } from '../options.js';
import { methodsOfPeer } from './peers.js';
import { type Peer, PEERS } from './report.js';

const FIXED = [
  'bins',
  'binning',
  'zero',
  'base',
  'categoriesMax',
  'expectedMin',
  'threshold',
  'exact',
  'buckets',
  'quality',
  'level',
  'html',
] as const;

const flagOf = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/**
 * Which peer, and which of its methods when not those it chooses.
 * @throws UsageError LIKE_UNKNOWN | LIKE_CONFLICT | METHOD_UNKNOWN
 */
export const parseLike = (text: string, raw: RawOptions): { readonly peer: Peer; readonly methods?: readonly MethodId[] } => {
  const peer = PEERS.find((known) => known === text);
  if (peer === undefined) throw new UsageError('LIKE_UNKNOWN', `--like takes ${PEERS.join(' or ')}, got ${JSON.stringify(text)}`);
  const other = FIXED.find((name) => raw[name] !== undefined);
  if (other !== undefined)
    throw new UsageError('LIKE_CONFLICT', `--like and --${flagOf(other)} exclude each other: ${peer} says how to measure`);
  if (raw.method === undefined) return { peer };
  const methods = raw.method.map(parseMethod);
  const known = methodsOfPeer(peer);
  const unknown = methods.find((id) => !known.includes(id));
  if (unknown !== undefined)
    throw new UsageError('METHOD_UNKNOWN', `--method with --like ${peer} takes one of ${known.join(', ')}, got ${unknown}`);
  return { peer, methods };
};

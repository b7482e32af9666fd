import {
  EVIDENTLY_METHODS,
  type EvidentlyMethod,
  evidentlyMethodOf,
  evidentlyScore,
  evidentlyThreshold,
  evidentlyType,
  type MethodId,
  NANNYML_METHODS,
  type NannymlMethod,
  nannymlScore,
  nannymlTakes,
  type PeerColumns,
  type PeerScore,
} from '#libs/statistics';
import { type ByChunk } from './chunks.js';
import { type LikeChunks, type Peer } from './report.js';

/** One method a peer measures a column by. */
export type PeerMethod = {
  readonly id: MethodId;
  readonly name: string;
  /** Whether the values are categories to this method, also where they are numbers. */
  readonly isPerValue: boolean;
  readonly threshold?: number;
  readonly measure: () => PeerScore;
  /** What it shows by default where it cuts files into chunks. */
  readonly byChunk?: () => LikeChunks | undefined;
};

/** What a peer does with a column: its type there and the methods, none with a reason. */
export type PeerView = { readonly type: string; readonly methods: readonly PeerMethod[]; readonly reason?: string };

/** Both sides of a column, and its numbers chunk by chunk. */
type Seen = { readonly columns: PeerColumns; readonly byChunk: ByChunk };

const EVIDENTLY_IDS: Readonly<Record<EvidentlyMethod, MethodId>> = {
  ks: 'kolmogorov_smirnov',
  wasserstein: 'wasserstein_normalised',
  chisquare: 'chi_square',
  z: 'two_proportion_z',
  jensenshannon: 'jensen_shannon',
  psi: 'psi',
  kl_div: 'kullback_leibler',
  hellinger: 'hellinger',
};

const NANNYML_IDS: Readonly<Record<NannymlMethod, MethodId>> = {
  jensen_shannon: 'jensen_shannon',
  kolmogorov_smirnov: 'kolmogorov_smirnov',
  wasserstein: 'wasserstein',
  hellinger: 'hellinger',
  chi2: 'chi_square',
  l_infinity: 'l_infinity',
};

const NOT_SHOWN: Readonly<Record<'text' | 'unknown', string>> = {
  text: 'Evidently takes it for text (most words occur once) and trains a classifier, which is not reproduced',
  unknown: 'Evidently leaves booleans with gaps out',
};

/** Whether a method of Evidently takes columns of a type; it refuses the others itself. */
const evidentlyTakes = (method: EvidentlyMethod, type: 'numerical' | 'categorical'): boolean => {
  if (method === 'ks' || method === 'wasserstein') return type === 'numerical';
  return method === 'chisquare' || method === 'z' ? type === 'categorical' : true;
};

const evidently = (columns: PeerColumns, asked: readonly MethodId[] | undefined): PeerView => {
  const type = evidentlyType(columns.current);
  if (type === 'text' || type === 'unknown') return { type, methods: [], reason: NOT_SHOWN[type] };
  const chosen = asked
    ? EVIDENTLY_METHODS.filter((method) => asked.includes(EVIDENTLY_IDS[method]) && evidentlyTakes(method, type))
    : [evidentlyMethodOf(type, columns)];
  const methods = chosen.map((method) => ({
    id: EVIDENTLY_IDS[method],
    name: method,
    isPerValue: type === 'categorical' || method === 'chisquare' || method === 'z',
    threshold: evidentlyThreshold(method),
    measure: () => evidentlyScore(method, type, columns),
  }));
  return { type, methods };
};

const nannyml = ({ columns, byChunk }: Seen, asked: readonly MethodId[] | undefined): PeerView => {
  const { kind } = columns.reference;
  const chosen = NANNYML_METHODS.filter((method) => (asked ? asked.includes(NANNYML_IDS[method]) : method === 'jensen_shannon'));
  const methods = chosen
    .filter((method) => nannymlTakes(method, kind))
    .map((method) => ({
      id: NANNYML_IDS[method],
      name: method,
      isPerValue: kind === 'categorical',
      measure: () => nannymlScore(method, columns),
      byChunk: () => byChunk(method),
    }));
  return { type: kind === 'numeric' ? 'continuous' : 'categorical', methods };
};

/** How a peer sees a column. `asked`: our ids instead of its own choice; methods it has none for, or not for this type, are left out. */
export const peerView = (peer: Peer, seen: Seen, asked: readonly MethodId[] | undefined): PeerView =>
  peer === 'evidently-0.7' ? evidently(seen.columns, asked) : nannyml(seen, asked);

/** Our ids of the methods of a peer that are reproduced. */
export const methodsOfPeer = (peer: Peer): readonly MethodId[] => Object.values(peer === 'evidently-0.7' ? EVIDENTLY_IDS : NANNYML_IDS);

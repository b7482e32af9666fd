import { type MethodId, type Parameters } from '#libs/statistics';
import { type Pair } from '../report.js';

/** The tools whose numbers can be shown, with the release they are of. */
export const PEERS = ['evidently-0.7', 'nannyml-0.13'] as const;
export type Peer = (typeof PEERS)[number];

/** A number the peer shows of a part of the current file: rows `from` to `to` (excluded). Nothing is measured where there is no value. */
export type LikeChunk = { readonly from: number; readonly to: number; readonly score: number | null; readonly drifted: boolean | null };

/** What the peer shows by default where it cuts files into chunks. Without a limit a p-value below 0.05 decides. */
export type LikeChunks = { readonly threshold?: number; readonly values: readonly LikeChunk[] };

/** A number as the peer shows it. For its tests of significance `score` is the p-value, and small means drift. */
export type LikeMethod = {
  /** Our id of the method that comes nearest. */
  readonly id: MethodId;
  /** The peer's own name. */
  readonly name: string;
  readonly score: number | null;
  readonly direction?: 'drift when small' | 'drift when large';
  readonly threshold?: number;
  readonly drifted?: boolean;
  readonly parameters: Parameters;
  readonly reason?: string;
  readonly chunks?: LikeChunks;
};

/** A column as the peer takes it; without a method the reason says why there is no number. */
export type LikeColumn = {
  readonly name: string;
  readonly type: string;
  readonly n: Pair;
  readonly missing: Pair;
  readonly methods: readonly LikeMethod[];
  readonly reason?: string;
};

/** Where our own default differs from the peer: both numbers and why. `ours` is null where ours refuses. */
export type Difference = {
  readonly column: string;
  readonly method: MethodId;
  readonly theirs: number;
  readonly ours: number | null;
  readonly reason: string;
};

export type LikeReport = {
  readonly like: Peer;
  readonly files: { readonly reference: string; readonly current: string };
  readonly rows: Pair;
  readonly columns: readonly LikeColumn[];
  readonly differences: readonly Difference[];
  /** What differs in kind, not in a number. */
  readonly notes: readonly string[];
};

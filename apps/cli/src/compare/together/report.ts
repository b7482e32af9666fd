import { type Parameters } from '#libs/statistics';
import { type Pair } from '../report.js';

/** One method over the rows of both files. A score that cannot be given is null and `reason` says why. */
export type TogetherMethod = {
  readonly score: number | null;
  readonly pValue?: number;
  readonly parameters: Parameters;
  readonly reason?: string;
};

/** What `compare --together` and `--vector` found. */
export type TogetherReport = {
  readonly of: 'columns' | 'vectors';
  readonly files: { readonly reference: string; readonly current: string };
  readonly rows: Pair;
  /** Kind of each column; a vector's dimension says itself among the parameters. */
  readonly columns: Readonly<Record<string, { readonly kind: 'numeric' | 'categorical' | 'vector'; readonly missing: Pair }>>;
  readonly methods: Readonly<Record<string, TogetherMethod>>;
};

import { type Kind, type MethodId, type NoDriftLaw, type Parameters } from '#libs/statistics';
import { type Quality } from './quality.js';

/** The same number for both sides. */
export type Pair = { readonly reference: number; readonly current: number };

/** A bin with its shares on both sides. */
export type Moved = { readonly bin: string; readonly reference: number; readonly current: number };

/** A score held against what chance does at these sizes. */
export type Chance = {
  /** Where the tail comes from: the test's own p-value, a closed form, a limit, or rows dealt out anew. */
  readonly law: 'p_value' | NoDriftLaw['law'];
  /** Probability of a score at least this large when nothing drifted. */
  readonly tail: number;
  /** The largest score that is not significant at the level, before other columns are thought of. Tests with a p-value have none. */
  readonly critical?: number;
  /** The tail, adjusted by Benjamini and Hochberg over all columns. */
  readonly adjusted: number;
  /** Whether the adjusted tail is at most the level. */
  readonly beyond: boolean;
};

/** One method on one column. A score that cannot be given is null and `reason` says why. */
export type MethodReport = {
  readonly id: MethodId;
  readonly score: number | null;
  readonly pValue?: number;
  readonly threshold?: number;
  readonly drifted?: boolean;
  readonly parameters: Parameters;
  readonly reason?: string;
  /** The bins that contribute most, for methods over bins. */
  readonly moved?: readonly Moved[];
  /** Where a level was given. */
  readonly chance?: Chance;
};

/** Shares per bin for a small picture; categories beyond the largest are one last bin. */
export type Picture = { readonly labels: readonly string[]; readonly reference: readonly number[]; readonly current: readonly number[] };

export type ColumnReport = {
  readonly name: string;
  readonly kind: Kind;
  /** Values measured: rows without the missing and infinite ones. */
  readonly n: Pair;
  readonly missing: Pair;
  /** Infinite values: counted, never measured. */
  readonly infinite: Pair;
  readonly methods: readonly MethodReport[];
  readonly picture: Picture;
  /** Sizes of the difference that do not grow with the rows, where a level was given; null where a column has none. */
  readonly effects?: Readonly<Record<string, number | null>>;
  /** What to bear in mind with the scores of this column. */
  readonly hint?: string;
};

/** What `compare` found; the table, the page and the JSON are three views of it. */
export type CompareReport = {
  readonly files: { readonly reference: string; readonly current: string };
  readonly rows: Pair;
  readonly columns: readonly ColumnReport[];
  /** The level scores were held against chance at, where one was given. */
  readonly level?: number;
  /** What the columns of both files hold that the reference says is wrong; where it was asked for. */
  readonly quality?: Quality;
  readonly onlyIn: { readonly reference: readonly string[]; readonly current: readonly string[] };
};

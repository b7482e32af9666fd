/**
 * The columnar shape of a batch event. Absent, null and missing are one thing; numbers are IEEE doubles. Arrays of one batch all have
 * `rows` elements unless said otherwise.
 */

/** Words with codes into them, −1 for missing. */
export type WordColumn = { readonly words: readonly string[]; readonly codes: readonly number[] };

/** Words that are counted: `buckets[i]` is the bucket of `words[i]`, given by the deployment when it first saw the word. */
export type CountedWords = WordColumn & { readonly buckets: readonly number[] };

/** Values that did not fit the type, as they were sent, by row. */
export type Mistyped = Readonly<Record<number, unknown>>;

export type NumberColumn = {
  readonly kind: 'number';
  readonly values: readonly (number | null)[];
  /** [centre, unit] of the grid these values are counted by; absent until the deployment has one. */
  readonly grid?: readonly [number, number];
  readonly mistyped?: Mistyped;
};
export type CategoryColumn = CountedWords & { readonly kind: 'category' | 'boolean'; readonly mistyped?: Mistyped };
export type VectorColumn = {
  readonly kind: 'vector';
  readonly values: readonly (readonly number[] | null)[];
  readonly mistyped?: Mistyped;
};
/** Personal values encrypted per subject: base64 of nonce, ciphertext and tag. Never counted. */
export type SealedColumn = { readonly kind: 'sealed'; readonly values: readonly (string | null)[] };
export type FeatureColumn = NumberColumn | CategoryColumn | VectorColumn | SealedColumn;

/** A record that was not taken: where it stood in its request, and why. */
export type RefusedRecord = {
  readonly index: number;
  readonly field: string;
  readonly code: string;
  readonly reason: string;
  readonly limit?: number;
};

/**
 * A value that is not counted: mistyped, unknown to the schema, or a member nobody reads. It is kept, unless the code says that it is
 * personal or not stored. `index` in its request, `row` in its batch.
 */
export type Mark = { readonly index: number; readonly row: number; readonly field: string; readonly code: string };

/** What one request contributed to this batch: enough to answer a resend with the first answer. */
export type RequestEntry = {
  /** Idempotency key and keyed digest (HMAC-SHA-256, hex) of the decoded request body; absent when the producer named no key. */
  readonly key?: string;
  readonly digest?: string;
  /** Of a request whose correlation id is not the one in the metadata of the event. */
  readonly correlationId?: string;
  /** Records [from, until) of the request's `of` records were settled with this batch. */
  readonly from: number;
  readonly until: number;
  readonly of: number;
  /** First row of this batch and number of rows that came from the request. */
  readonly first: number;
  readonly count: number;
  readonly duplicates?: number;
  readonly conflicts?: number;
  readonly marked?: number;
  readonly refusedCount?: number;
  /** The first 100 of each. */
  readonly refused?: readonly RefusedRecord[];
  readonly marks?: readonly Mark[];
};

/** The same id with other content: the first stands, both digests are kept. */
export type Conflict = { readonly id: string; readonly stands: string; readonly refused: string };

export type Decision = {
  readonly action: CountedWords;
  readonly threshold?: readonly (number | null)[];
  readonly reasons?: readonly (readonly string[] | null)[];
};

export type PredictionColumns = {
  /** Null: the prediction has the id `<batch event id>.<row>`. */
  readonly id: readonly (string | null)[];
  /** Base64 of 8 bytes a row: keyed digest of the content of rows with an id of their own, by which a resend is recognised. */
  readonly digests?: string;
  /** Milliseconds from `base`. */
  readonly at: readonly number[];
  readonly version?: WordColumn;
  readonly variant?: WordColumn;
  /** Keyed pseudonyms of the data subjects. */
  readonly subject?: readonly (string | null)[];
  readonly segments?: Readonly<Record<string, WordColumn>>;
  readonly latencyMs?: readonly (number | null)[];
  /** Whole numbers ≥ 1; absent: all 1. */
  readonly weight?: readonly number[];
  readonly value?: NumberColumn;
  readonly score?: NumberColumn;
  readonly class?: CategoryColumn;
  readonly probabilities?: readonly (Readonly<Record<string, number>> | readonly number[] | null)[];
  readonly decision?: Decision;
  readonly error?: readonly (string | null)[];
  /** Members of a record that nobody reads, as sent, by row. */
  readonly unread?: Readonly<Record<number, unknown>>;
};

export type PredictionBatch = {
  readonly deploymentId: string;
  readonly schemaVersion: number;
  /** 16 random bytes, base64: salts the hashes by which single predictions are proven. */
  readonly salt: string;
  /** Epoch milliseconds that `at` counts from. */
  readonly base: number;
  readonly rows: number;
  /** Rows whose time is older than the record by more than the lateness. */
  readonly backfilled?: number;
  readonly requests: readonly RequestEntry[];
  readonly conflicts?: readonly Conflict[];
  readonly columns: PredictionColumns;
  readonly features: Readonly<Record<string, FeatureColumn>>;
};

/** A label is a number (`value`) or a word (`class`); a row has one of them. */
export type LabelBatch = {
  readonly deploymentId: string;
  readonly salt: string;
  readonly base: number;
  readonly rows: number;
  readonly requests: readonly RequestEntry[];
  readonly columns: {
    readonly id: readonly string[];
    readonly digests?: string;
    readonly at: readonly number[];
    readonly value?: readonly (number | null)[];
    readonly class?: WordColumn;
  };
};

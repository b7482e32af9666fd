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
  /** Members that no column holds, kept as sent. */
  readonly unread: Readonly<Record<string, unknown>> | null;
};

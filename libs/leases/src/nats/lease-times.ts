/** How long is waited for what, in milliseconds. Everything follows from how long a lease lasts without renewal. */
export type LeaseTimes = {
  /** Others take over when they have seen an entry unchanged for so long. */
  readonly ttlMs: number;
  /** A holder counts its lease as lost when its last renewal was sent so long ago: a quarter earlier than others may have it. */
  readonly trustMs: number;
  readonly renewMs: number;
  /** Who waits looks this often, besides being told of changes. */
  readonly lookMs: number;
  /** One request to the server. */
  readonly timeoutMs: number;
};

/** Three renewals may fail before the lease is lost. */
export const leaseTimes = (ttlMs: number): LeaseTimes => ({
  ttlMs,
  trustMs: ttlMs * 0.75,
  renewMs: ttlMs / 5,
  lookMs: ttlMs / 5,
  timeoutMs: ttlMs / 5,
});

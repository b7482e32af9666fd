import { setTimeout as delay } from 'node:timers/promises';

/** How long is waited for what, in milliseconds. The defaults suit a server in the same data centre. */
export type Timings = {
  /** One try of an append, before its outcome counts as unknown. */
  readonly appendTryMs: number;
  /** An append with all its tries. */
  readonly appendMs: number;
  /** Silence of a read that is under way. */
  readonly readMs: number;
  /** First confirmation of a subscription; also how long an event may be in the log without being delivered. */
  readonly subscriptionMs: number;
  /** How often a subscription that has caught up looks whether it was told everything. */
  readonly lookAgainMs: number;
  /** First pause before something is tried again, and the longest. */
  readonly pauseMs: number;
  readonly pauseMsMax: number;
  readonly keepAliveMs: number;
  readonly keepAliveAnswerMs: number;
};

/** The keep-alive interval is the shortest the vendor recommends; with its answer it bounds how long a dead peer goes unnoticed. */
export const TIMINGS: Timings = {
  appendTryMs: 5_000,
  appendMs: 20_000,
  readMs: 10_000,
  subscriptionMs: 10_000,
  lookAgainMs: 1_000,
  pauseMs: 50,
  pauseMsMax: 5_000,
  keepAliveMs: 10_000,
  keepAliveAnswerMs: 5_000,
};

/** Waits longer after each attempt, and not in step with others who lost the same server. Returns early when the signal aborts. */
export const pauseAfter = async (attempt: number, { pauseMs, pauseMsMax }: Timings, signal?: AbortSignal): Promise<void> => {
  const longest = Math.min(pauseMs * 2 ** (attempt - 1), pauseMsMax);
  // Jitter decides nothing that is recorded.
  await delay(longest * (0.5 + Math.random() / 2), undefined, { ...(signal ? { signal } : {}) }).catch(() => undefined);
};

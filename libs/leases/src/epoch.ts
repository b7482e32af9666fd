import { type Instant } from '#libs/kernel';

/**
 * The fencing token of a take-over: larger than the one before, and not smaller than the time in epoch milliseconds. So tokens go on
 * growing when the place that remembers the last one has lost its memory.
 */
export const nextEpoch = (last: bigint | undefined, now: Instant): bigint => {
  const time = BigInt(now);
  return last !== undefined && last >= time ? last + 1n : time;
};

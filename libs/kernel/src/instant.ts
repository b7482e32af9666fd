/** A point in time: whole milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number & { readonly __brand: 'Instant' };

/** @throws RangeError when the number is not a whole number of milliseconds a `Date` can hold */
export const instant = (epochMs: number): Instant => {
  if (!Number.isInteger(epochMs) || Math.abs(epochMs) > 8.64e15)
    throw new RangeError(`instant requires whole epoch milliseconds, got ${epochMs}`);
  return epochMs as Instant;
};

/** ISO 8601 in UTC with milliseconds, as GraphQL shows times. */
export const isoOf = (at: Instant): string => new Date(at).toISOString();

/** The clock is a port: the domain never reads the time itself. */
export abstract class Clock {
  abstract now(): Instant;
}

export class SystemClock extends Clock {
  now(): Instant {
    return instant(Date.now());
  }
}

/** How often something happened within one minute. `minute` is the epoch milliseconds of its start. */
export type Tallied<T> = { readonly minute: number; readonly what: T; readonly count: number };

export const minuteOf = (epochMs: number): number => epochMs - (((epochMs % 60_000) + 60_000) % 60_000);

/** Counts per minute and key, so that a flood costs the log one event a minute. Holds at most `entriesMax` counters. */
export class MinuteTally<T> {
  private readonly entries = new Map<string, Tallied<T>>();

  constructor(private readonly entriesMax: number) {}

  /** False when it could not be counted because there are too many different things to count. */
  add({ minute, what, count }: Tallied<T>, key: string): boolean {
    const at = `${minute} ${key}`;
    const known = this.entries.get(at);
    if (!known && this.entries.size >= this.entriesMax) return false;
    this.entries.set(at, { minute, what, count: (known?.count ?? 0) + count });
    return true;
  }

  /** True when this was counted in this minute before. */
  has(minute: number, key: string): boolean {
    return this.entries.has(`${minute} ${key}`);
  }

  /** Takes out the counters of all minutes before this one. */
  takeBefore(minute: number): readonly Tallied<T>[] {
    const taken: Tallied<T>[] = [];
    for (const [key, entry] of this.entries) {
      if (entry.minute >= minute) continue;
      taken.push(entry);
      this.entries.delete(key);
    }
    return taken;
  }
}

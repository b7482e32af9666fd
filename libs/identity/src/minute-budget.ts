/** How often something may happen within one minute, for each key apart. Keeps the keys of one minute only. */
export class MinuteBudget {
  private readonly taken = new Map<string, number>();
  private minute = Number.NEGATIVE_INFINITY;

  constructor(private readonly most: number) {}

  /** True while there is some left of this minute. */
  take(minute: number, key: string): boolean {
    if (minute !== this.minute) this.taken.clear();
    this.minute = minute;
    const taken = this.taken.get(key) ?? 0;
    if (taken >= this.most) return false;
    this.taken.set(key, taken + 1);
    return true;
  }
}

/** A look at something that changes: `key` says whether it is another than before; `undefined`: nothing to show yet. */
export type Look<T> = { readonly key: string; readonly value: T } | undefined;

/**
 * Gives the latest state of something whenever it has changed, at most once per `everyMs`. What changed in between is left out: this is
 * for showing where something stands, not for following what happened.
 */
export class LatestFeed<T> implements AsyncIterableIterator<T> {
  private shown: string | undefined;
  private dueAt = 0;
  private ended = false;
  private wake: () => void = () => undefined;

  constructor(
    private readonly look: () => Promise<Look<T>>,
    private readonly everyMs: number,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T>> {
    for (;;) {
      await this.pause(this.dueAt - performance.now());
      if (this.isOver()) return { done: true, value: undefined };
      this.dueAt = performance.now() + this.everyMs;
      const found = await this.look();
      if (this.isOver()) return { done: true, value: undefined };
      if (found === undefined || found.key === this.shown) continue;
      this.shown = found.key;
      return { done: false, value: found.value };
    }
  }

  return(): Promise<IteratorResult<T>> {
    this.ended = true;
    this.wake();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** `return` comes while `next` waits, which the type of a field that was just read does not show. */
  private isOver(): boolean {
    return this.ended;
  }

  private async pause(ms: number): Promise<void> {
    if (ms <= 0 || this.ended) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

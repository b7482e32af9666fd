/** Wakes those who wait for something to have been appended. Counts rings, so that one between looking and waiting is not lost. */
export class Bell {
  private rings = 0;
  private readonly waiting = new Set<() => void>();

  get count(): number {
    return this.rings;
  }

  ring(): void {
    this.rings += 1;
    for (const wake of [...this.waiting]) wake();
  }

  /** Resolves when the bell has rung since `seen`, after `ms` at the latest, or when the signal aborts. */
  async next(seen: number, ms: number, signal: AbortSignal): Promise<void> {
    if (this.rings !== seen || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal.addEventListener('abort', wake, { once: true });
      this.waiting.add(wake);
    });
  }
}

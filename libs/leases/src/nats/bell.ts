/** Wakes one waiter; a ring while nobody waits is kept for the next. */
export class Bell {
  private rung = false;
  private wake: () => void = () => undefined;

  readonly ring = (): void => {
    this.rung = true;
    this.wake();
  };

  /** Returns after a ring, after so many milliseconds, or when the signal is aborted. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
        signal.addEventListener('abort', this.wake, { once: true });
      });
      signal.removeEventListener('abort', this.wake);
      this.wake = () => undefined;
    }
    this.rung = false;
  }
}

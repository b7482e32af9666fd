import { type Position, comparePositions } from '#libs/kernel';

type Waiter = { readonly position: Position; readonly settle: (arrived: boolean | Error) => void };

/** Those who wait until a position is reached. */
export class Arrivals {
  private readonly waiting = new Set<Waiter>();

  /** @param onAwaited is told when somebody begins to wait */
  constructor(private readonly onAwaited: () => void) {}

  /** Whether anybody waits. */
  get awaited(): boolean {
    return this.waiting.size > 0;
  }

  /** True when the position is reached, false when the time is over. @throws what `refuse` is given */
  async until(position: Position, timeoutMs: number): Promise<boolean> {
    return new Promise<boolean>((resolve, reject) => {
      const waiter: Waiter = {
        position,
        settle: (arrived) => {
          clearTimeout(timer);
          this.waiting.delete(waiter);
          if (arrived instanceof Error) reject(arrived);
          else resolve(arrived);
        },
      };
      const timer = setTimeout(() => waiter.settle(false), timeoutMs);
      this.waiting.add(waiter);
      this.onAwaited();
    });
  }

  reached(at: Position): void {
    for (const waiter of [...this.waiting]) if (comparePositions(at, waiter.position) >= 0) waiter.settle(true);
  }

  refuse(error: Error): void {
    for (const waiter of [...this.waiting]) waiter.settle(error);
  }
}

import { type SubscriptionMessage } from './store.js';

/** What a reader of the log hears: messages, and `due` when what it holds has waited long enough. */
export type LingeringMessage = SubscriptionMessage | { readonly kind: 'due' };

export type Reading = {
  readonly subscribe: (signal: AbortSignal) => AsyncIterable<SubscriptionMessage>;
  /** Whether the reader holds anything that waits. */
  readonly holds: () => boolean;
  readonly signal: AbortSignal;
};

/** The time in which events wait for company. It begins when those before them were handled. */
export class Linger {
  private until = -Infinity;
  /** Set while somebody waits for the end of the time. */
  private end: (() => void) | undefined;

  /** @param ms how long; 0 for no time at all */
  constructor(private readonly ms: number) {}

  get isOver(): boolean {
    return performance.now() >= this.until;
  }

  begin(): void {
    this.until = performance.now() + this.ms;
  }

  /** Ends the time now. */
  cutShort(): void {
    this.until = -Infinity;
    this.end?.();
  }

  /** Messages of a subscription. After the last one that is there, `due` comes when the time is over and the reader still holds something. */
  async *over({ subscribe, holds, signal }: Reading): AsyncGenerator<LingeringMessage, void, undefined> {
    const reading = new AbortController();
    const messages = subscribe(AbortSignal.any([signal, reading.signal]))[Symbol.asyncIterator]();
    try {
      let isMoreThere = true;
      for (let next = messages.next(); ;) {
        const ended: readonly Promise<undefined>[] = isMoreThere || !holds() ? [] : [this.ended()];
        const result: IteratorResult<SubscriptionMessage> | undefined = await Promise.race([next, ...ended]);
        this.end?.();
        if (result?.done) return;
        isMoreThere = result?.value.kind === 'event';
        yield result?.value ?? { kind: 'due' };
        if (result) next = messages.next();
      }
    } finally {
      // The next message may have been asked for: who goes does not wait for it.
      reading.abort();
      await messages.return?.();
    }
  }

  private ended(): Promise<undefined> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.end = undefined;
        resolve(undefined);
      };
      const timer = setTimeout(end, Math.max(0, this.until - performance.now()));
      this.end = end;
    });
  }
}

import { type Position } from '#libs/kernel';

/** The part of the client's streams that is used here. */
type ClientStream<T> = {
  readonly readable: boolean;
  read(): T | null;
  destroy(): unknown;
  on(event: 'readable' | 'end' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
};

/** `over` without an error: the server ended the stream as if all were well. */
export type Arrival<T> =
  | { readonly kind: 'item'; readonly item: T }
  | { readonly kind: 'checkpoint'; readonly position: Position }
  | { readonly kind: 'quiet' }
  | { readonly kind: 'over'; readonly error?: Error };

/**
 * Takes from a stream of the client one object at a time, and waits no longer than it is told. What is not taken stays with the server:
 * the client buffers a few objects only. The client's streams report errors without ending, so they are ended here.
 */
export class Inlet<T> {
  private ended = false;
  private failure: { readonly error: Error } | undefined;
  private checkpoint: Position | undefined;
  private lastHeard = performance.now();
  private wake: () => void = () => undefined;
  private nudged = false;
  private busy = false;

  /** @param cancel ends the call behind the stream */
  constructor(
    private readonly stream: ClientStream<T>,
    private readonly cancel: () => Promise<unknown>,
  ) {
    stream.on('readable', () => this.wake());
    stream.on('end', () => this.over());
    stream.on('close', () => this.over());
    stream.on('error', (error) => this.over({ error }));
  }

  /** Milliseconds since the server last said anything. */
  get silentMs(): number {
    return performance.now() - this.lastHeard;
  }

  /** Something that carries no object was heard, such as a confirmation. */
  heard(): void {
    this.lastHeard = performance.now();
  }

  /** A position the server told; it comes after the objects that were told before it. */
  offer(checkpoint: Position): void {
    this.heard();
    this.checkpoint = checkpoint;
    this.wake();
  }

  /** The next object; `quiet` when none came in time, or when somebody called `nudge`. */
  async next(ms: number): Promise<Arrival<T>> {
    const until = performance.now() + ms;
    this.nudged = false;
    // While the consumer was busy nobody listened: that is no silence of the server.
    if (this.busy) this.heard();
    this.busy = false;
    for (;;) {
      const arrived = this.take();
      if (arrived) return arrived;
      const left = until - performance.now();
      if (left <= 0 || this.nudged) return { kind: 'quiet' };
      // A stream also says `readable` when it has nothing but its end to tell.
      await this.woken(left);
    }
  }

  /** Ends a wait before its time. */
  nudge(): void {
    this.nudged = true;
    this.wake();
  }

  /** Ends the call and the stream. Never rejects. */
  async close(): Promise<void> {
    const open = !this.ended;
    this.over();
    if (open) await Promise.race([this.cancel().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
    this.stream.destroy();
  }

  private async woken(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = () => undefined;
  }

  private take(): Arrival<T> | undefined {
    const item = this.stream.readable ? this.stream.read() : null;
    if (item !== null) {
      this.busy = true;
      return { kind: 'item', item };
    }
    const position = this.checkpoint;
    this.checkpoint = undefined;
    if (position) return { kind: 'checkpoint', position };
    return this.ended ? { kind: 'over', ...this.failure } : undefined;
  }

  private over(failure?: { readonly error: Error }): void {
    this.ended = true;
    this.failure ??= failure;
    this.wake();
  }
}

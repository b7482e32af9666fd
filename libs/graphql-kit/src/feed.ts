import { type Position } from '#libs/kernel';

/** Tells listeners that there may be something new to read. Projections fire it after their rows can be read. */
export class ChangeSignal {
  private readonly listeners = new Set<() => void>();

  /** Wakes every listener. */
  fire(): void {
    for (const listener of [...this.listeners]) listener();
  }

  /** Calls the listener at each change until the returned function is called. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/**
 * What a feed reads from: items in log order, and a signal when more may be there. An item is readable as soon as its projection has
 * passed it, never before.
 */
export type FeedSource<Item> = {
  /** Up to `limit` items strictly after the position (`undefined`: from the start), in log order, never part of an event's items. */
  readonly readFrom: (after: Position | undefined, limit: number) => Promise<readonly Item[]>;
  /** Where the source stands now, for feeds that begin with what comes next. */
  readonly head: () => Promise<Position | undefined>;
  readonly changed: Pick<ChangeSignal, 'listen'>;
};

/** Every item of a feed says where it stands. */
export type Positioned = { readonly position: Position };

/** How a feed is followed. */
export type FollowOptions<Item> = {
  /** Exclusive. Without it the feed begins with what comes next. */
  readonly after?: Position;
  readonly matches?: (item: Item) => boolean;
  /** A client with this many messages waiting is too far behind, 1,000 unless said otherwise. */
  readonly behindMax?: number;
  /** How long it may stay that far behind before it is closed. A burst that drains is no fault. */
  readonly graceMs?: number;
  readonly pageSize?: number;
};

/** The client takes messages slower than they come. Its connection is closed with 4408; it resumes where it was. */
export class FeedTooSlow extends Error {
  override readonly name = 'FeedTooSlow';
  constructor(behind: number) {
    super(`${behind} messages behind: connect again and resume with after`);
  }
}

const PAGE = 200;
const BEHIND_MAX = 1_000;
const GRACE_MS = 5_000;

type Limits = { readonly behindMax: number; readonly graceMs: number; readonly pageSize: number };
type Waiting<Item> = { readonly resolve: (result: IteratorResult<Item>) => void; readonly reject: (error: Error) => void };

/**
 * While catching up, the reader sets the pace: one page is held. Once the end was reached the feed is live and read as changes come,
 * whether or not the reader takes them: when `behindMax` wait, reading pauses until half of them are taken, and a reader that needs
 * longer than `graceMs` for that, or takes nothing for that long while catching up, ends with FeedTooSlow.
 */
class Feed<Item extends Positioned> implements AsyncIterableIterator<Item> {
  private readonly queue: Item[] = [];
  private readonly unlisten: () => void;
  private reading = false;
  private dirty = true;
  private live = false;
  private paused = false;
  private ended = false;
  private failed: Error | undefined;
  private waiting: Waiting<Item> | undefined;
  private grace: NodeJS.Timeout | undefined;

  constructor(
    private readonly source: FeedSource<Item>,
    private cursor: Position | undefined,
    private readonly matches: (item: Item) => boolean,
    private readonly limits: Limits,
  ) {
    this.unlisten = source.changed.listen(() => {
      this.dirty = true;
      void this.pump();
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Item>> {
    const item = this.queue.shift();
    if (item !== undefined) {
      this.taken();
      return Promise.resolve({ done: false, value: item });
    }
    if (this.failed) return Promise.reject(this.failed);
    if (this.ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      void this.pump();
    });
  }

  return(): Promise<IteratorResult<Item>> {
    this.close();
    this.queue.length = 0;
    this.waiting?.resolve({ done: true, value: undefined });
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Reads pages while there is something to read and room to keep it. One run at a time. */
  private async pump(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    try {
      while (this.dirty && !this.ended && this.hasRoom()) await this.readPage();
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error('the feed could not be read', { cause: error }));
    } finally {
      this.reading = false;
    }
  }

  private async readPage(): Promise<void> {
    this.dirty = false;
    const page = await this.source.readFrom(this.cursor, this.limits.pageSize);
    if (page.length > 0) this.dirty = true;
    else if (!this.dirty) this.live = true;
    this.cursor = page.at(-1)?.position ?? this.cursor;
    for (const item of page) if (this.matches(item)) this.offer(item);
  }

  private offer(item: Item): void {
    if (this.ended) return;
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting) waiting.resolve({ done: false, value: item });
    else this.queue.push(item);
  }

  private hasRoom(): boolean {
    const full = this.queue.length >= (this.live ? this.limits.behindMax : this.limits.pageSize);
    if (full && !this.paused) {
      this.paused = true;
      this.startGrace();
    }
    return !this.paused;
  }

  private taken(): void {
    if (!this.paused) return;
    if (!this.live) this.startGrace();
    if (this.queue.length > (this.live ? this.limits.behindMax : this.limits.pageSize) / 2) return;
    this.paused = false;
    clearTimeout(this.grace);
    void this.pump();
  }

  private startGrace(): void {
    clearTimeout(this.grace);
    this.grace = setTimeout(() => this.fail(new FeedTooSlow(this.queue.length)), this.limits.graceMs).unref();
  }

  private fail(error: Error): void {
    this.failed = error;
    if (error instanceof FeedTooSlow) this.queue.length = 0;
    this.close();
    this.waiting?.reject(error);
    this.waiting = undefined;
  }

  private close(): void {
    this.ended = true;
    clearTimeout(this.grace);
    this.unlisten();
  }
}

/**
 * Follows a source: every matching item after a position once, in log order, nothing coalesced, with memory bounded by `behindMax`
 * plus one page. Ends with FeedTooSlow when the reader stays too far behind.
 */
export const followFeed = async <Item extends Positioned>(
  source: FeedSource<Item>,
  options: FollowOptions<Item> = {},
): Promise<AsyncIterableIterator<Item>> => {
  const { behindMax = BEHIND_MAX, graceMs = GRACE_MS } = options;
  const pageSize = Math.min(options.pageSize ?? PAGE, behindMax);
  return new Feed(source, options.after ?? (await source.head()), options.matches ?? (() => true), { behindMax, graceMs, pageSize });
};

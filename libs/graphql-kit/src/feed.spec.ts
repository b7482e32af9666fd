import { type Position, positionOf } from '#libs/kernel';
import { ChangeSignal, FeedTooSlow, followFeed } from './feed.js';

type Item = { readonly position: Position; readonly name: string };

/** A list that grows, read in pages. */
const aLog = (count = 0) => {
  const items: Item[] = [];
  const changed = new ChangeSignal();
  let reads = 0;
  const add = (more: number) => {
    for (let left = more; left > 0; left -= 1) items.push({ position: positionOf(BigInt(items.length + 1)), name: `${items.length + 1}` });
    changed.fire();
  };
  add(count);
  const readFrom = async (after: Position | undefined, limit: number) => {
    reads += 1;
    const from = Number(after?.commit ?? 0n);
    return items.slice(from, from + limit);
  };
  return { add, changed, readFrom, head: async () => items.at(-1)?.position, reads: () => reads };
};

const take = async (feed: AsyncIterator<Item>, count: number): Promise<string[]> => {
  const names: string[] = [];
  while (names.length < count) {
    const result = await feed.next();
    names.push(result.done ? 'ended' : result.value.name);
  }
  return names;
};
const START = positionOf(0n);
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const until = async (holds: () => boolean) => {
  while (!holds()) await settled();
};

describe('a feed', () => {
  it('gives every item after the position once and in order, across pages and while more come', async () => {
    const log = aLog(25);
    const feed = await followFeed(log, { after: positionOf(3n), pageSize: 10 });
    const first = await take(feed, 20);
    log.add(10);
    const names = [...first, ...(await take(feed, 12))];
    expect(names).toEqual(Array.from({ length: 32 }, (_, index) => `${index + 4}`));
    await feed.return?.();
  });

  it('begins with what comes next when no position is given', async () => {
    const log = aLog(5);
    const feed = await followFeed(log);
    const next = take(feed, 1);
    log.add(1);
    expect(await next).toEqual(['6']);
    await feed.return?.();
  });

  it('loses nothing that arrives while a page is being read', async () => {
    const log = aLog(1);
    const feed = await followFeed(log, { after: START });
    const reading = take(feed, 3);
    log.add(2);
    expect(await reading).toEqual(['1', '2', '3']);
    await feed.return?.();
  });

  it('lets the reader set the pace while it catches up', async () => {
    const log = aLog(10_000);
    const feed = await followFeed(log, { after: START, pageSize: 100, behindMax: 1_000 });
    await take(feed, 1);
    await settled();
    expect(log.reads()).toBeLessThan(4);
    expect((await take(feed, 9_999)).at(-1)).toBe('10000');
    await feed.return?.();
  });

  it('ends with FeedTooSlow when a live reader stays too far behind, and not before its grace is over', async () => {
    const log = aLog();
    const feed = await followFeed(log, { after: START, behindMax: 10, graceMs: 30 });
    const first = take(feed, 1);
    log.add(1);
    await first;
    await until(() => log.reads() >= 2);
    await settled();
    log.add(50);
    await settled();
    expect(await take(feed, 1)).toEqual(['2']);
    await new Promise((resolve) => setTimeout(resolve, 60));
    await expect(feed.next()).rejects.toBeInstanceOf(FeedTooSlow);
    expect((await feed.next().catch((error: unknown) => error)) instanceof FeedTooSlow).toBe(true);
  });

  it('lets a live reader recover from a burst within its grace', async () => {
    const log = aLog();
    const feed = await followFeed(log, { after: START, behindMax: 10, graceMs: 1_000 });
    const first = take(feed, 1);
    log.add(1);
    await first;
    await settled();
    log.add(500);
    expect((await take(feed, 500)).at(-1)).toBe('501');
    await feed.return?.();
  });

  it('ends a waiting reader when it is returned, and stops reading', async () => {
    const log = aLog();
    const feed = await followFeed(log, { after: START });
    const waiting = feed.next();
    await feed.return?.();
    expect((await waiting).done).toBe(true);
    const reads = log.reads();
    log.add(5);
    await settled();
    expect(log.reads()).toBe(reads);
  });

  it('passes on what goes wrong at the source', async () => {
    const log = aLog(1);
    const feed = await followFeed({ ...log, readFrom: () => Promise.reject(new Error('engine away')) }, { after: START });
    await expect(feed.next()).rejects.toThrow('engine away');
  });
});

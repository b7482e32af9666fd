import { type NewEvent } from '#libs/event-store';
import { type Facade } from './eventstore-facade/start-facade.js';

/** Events of a test: whoever was told that they are written finds each of them once, in its stream. */
export class FacadeLedger {
  private readonly acknowledged: { readonly stream: string; readonly id: string }[] = [];
  private readonly attempted = new Set<string>();

  constructor(private readonly facade: Facade) {}

  /** Says that these are about to be written; `wrote` says that they were. */
  tries(stream: string, events: readonly NewEvent[]): { wrote(): void } {
    for (const { id } of events) this.attempted.add(`${stream} ${id}`);
    return { wrote: () => this.acknowledged.push(...events.map(({ id }) => ({ stream, id }))) };
  }

  /** What is wrong, in words; empty when nothing is. Reads the log behind the protocol. */
  async wrongs(): Promise<readonly string[]> {
    const entries = (await this.facade.control.entries()).filter(({ type }) => !type.startsWith('$'));
    const times = new Map<string, number>();
    for (const { stream, id } of entries) times.set(`${stream} ${id}`, (times.get(`${stream} ${id}`) ?? 0) + 1);
    const lost = this.acknowledged.map(({ stream, id }) => `${stream} ${id}`).filter((key) => !times.has(key));
    const twice = [...times].filter(([key, count]) => count > 1 && this.attempted.has(key)).map(([key]) => key);
    return [...lost.map((key) => `${key} is lost`), ...twice.map((key) => `${key} stands twice`)];
  }

  /** How many events of the test are in the log. */
  async count(): Promise<number> {
    return (await this.facade.control.entries()).filter(({ stream, id }) => this.attempted.has(`${stream} ${id}`)).length;
  }
}

/** The times of a server at hand: what takes seconds in production takes a fraction of one in a test. */
export const QUICK = {
  appendTryMs: 400,
  appendMs: 3_000,
  readMs: 1_000,
  subscriptionMs: 1_000,
  lookAgainMs: 200,
  pauseMs: 10,
  pauseMsMax: 200,
};

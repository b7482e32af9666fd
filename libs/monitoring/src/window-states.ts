/** Starts of windows within so much time share a page: what is copied by a change stays small beside years of windows. */
const PAGE_MS = 4 * 86_400_000;

const pageOf = (from: number): number => Math.floor(from / PAGE_MS);

/**
 * What is known of each window, by its start, in no promised order. It never changes: `with` gives another one that shares all pages but
 * one, since copying the whole at each of a hundred thousand revisions would take minutes to fold.
 */
export class WindowStates<State> implements Iterable<readonly [from: number, state: State]> {
  private constructor(private readonly pages: ReadonlyMap<number, ReadonlyMap<number, State>>) {}

  static empty<State>(): WindowStates<State> {
    return new WindowStates<State>(new Map());
  }

  get(from: number): State | undefined {
    return this.pages.get(pageOf(from))?.get(from);
  }

  has(from: number): boolean {
    return this.get(from) !== undefined;
  }

  with(from: number, state: State): WindowStates<State> {
    const page = new Map(this.pages.get(pageOf(from))).set(from, state);
    return new WindowStates(new Map(this.pages).set(pageOf(from), page));
  }

  *[Symbol.iterator](): Generator<readonly [number, State], void, undefined> {
    for (const page of this.pages.values()) yield* page;
  }
}

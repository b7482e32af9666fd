import { gridFrom, type Grid } from '#libs/statistics';

/** Finite values after which a numeric subject gets its grid. */
export const GRID_VALUES = 1_000;

/**
 * Collects the first values of numeric subjects without a grid. In memory only: after a restart a subject without a grid starts to be
 * collected anew, which moves the moment of the grid, not any number measured with it.
 */
export class GridObserver {
  private readonly collected = new Map<string, number[]>();

  /** Adds values; gives the grid once enough are there, and forgets the values. */
  observe(subject: string, values: readonly (number | null)[]): Grid | undefined {
    const held = this.collected.get(subject) ?? [];
    for (const value of values) if (value !== null && held.length < GRID_VALUES) held.push(value);
    if (held.length < GRID_VALUES) {
      this.collected.set(subject, held);
      return undefined;
    }
    this.collected.delete(subject);
    return gridFrom(held);
  }
}

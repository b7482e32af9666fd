import { type Score } from '../score.js';

/** A method over whole rows: of several columns together, or vectors. */
export type RowsMethod<Id extends string, Rows> = {
  readonly id: Id;
  /** Raised whenever the same input may give another number. Stored with every score. */
  readonly version: number;
  readonly range: string;
  readonly meaning: string;
  /** Time for n and m rows a side, p-value included. */
  readonly cost: string;
  /** Where it is defined. */
  readonly source: string;
  readonly fromRows: (reference: Rows, current: Rows) => Score;
};

// Made from the schema beside this file: what its arguments are in TypeScript. UPDATE_SNAPSHOTS=1 writes it anew, see CONTRIBUTING.md.
import { type Instant } from '#libs/kernel';

export type QueryPredictionsArguments = {
  /** Name of the deployment. */
  readonly deployment: string;
  /** Made at or after; from the start unless given. */
  readonly from?: Instant | null;
  /** Made before; to the end unless given. */
  readonly until?: Instant | null;
  /** Predictions of a page, at most 200. */
  readonly first: number | null;
  /** Cursor to go on after. */
  readonly after?: string | null;
};

export type QueryPredictionArguments = {
  /** Name of the deployment. */
  readonly deployment: string;
  /** Id of the prediction. */
  readonly id: string;
};

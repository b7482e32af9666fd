import { type Position } from '#libs/kernel';

/** How far each subscription has come. Losing the last saves only means that some events are delivered again. */
export abstract class CheckpointStore {
  /** Positions that may pass without an event for a subscription before that alone is worth a save. Some stores count events, others bytes. */
  get positionsBeforeSaving(): bigint {
    return 5_000n;
  }

  /** Undefined when the subscription has never saved one. */
  abstract load(name: string): Promise<Position | undefined>;
  /** Also takes a position before the saved one: a rebuilt consumer may have to go back. */
  abstract save(name: string, position: Position): Promise<void>;
}

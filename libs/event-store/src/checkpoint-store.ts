import { type Position } from '#libs/kernel';

/** How far each subscription has come. Losing the last saves only means that some events are delivered again. */
export abstract class CheckpointStore {
  /** Undefined when the subscription has never saved one. */
  abstract load(name: string): Promise<Position | undefined>;
  /** Also takes a position before the saved one: a rebuilt consumer may have to go back. */
  abstract save(name: string, position: Position): Promise<void>;
}

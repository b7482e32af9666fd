import { type Position } from '#libs/kernel';

/** How far the projections of this process have come, and news of it. What answers queries asks here before it says "not there". */
export abstract class ProjectionProgress {
  /** The position every event up to which is in the tables of the projection (by name); undefined before the first. */
  abstract reached(projection: string): Position | undefined;
  /** True once all projections have passed the position, false when the time is over. @throws the error that stopped one of them */
  abstract caughtUpTo(position: Position, timeoutMs: number): Promise<boolean>;
  /** Calls the listener whenever a projection has come further, also over events it does not handle, until the returned function is called. */
  abstract listen(listener: () => void): () => void;
}

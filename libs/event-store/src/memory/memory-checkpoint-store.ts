import { type Position } from '#libs/kernel';
import { CheckpointStore } from '../checkpoint-store.js';

/** Checkpoints of a unit test. */
export class InMemoryCheckpointStore extends CheckpointStore {
  private readonly positions = new Map<string, Position>();

  async load(name: string): Promise<Position | undefined> {
    return this.positions.get(name);
  }

  async save(name: string, position: Position): Promise<void> {
    this.positions.set(name, position);
  }
}

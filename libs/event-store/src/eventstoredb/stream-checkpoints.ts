import { jsonEvent } from '@eventstore/db-client';
import { z } from 'zod';
import { type Position, formatPosition, parsePosition, randomId } from '#libs/kernel';
import { CheckpointStore } from '../checkpoint-store.js';
import { Corrupt } from '../errors.js';
import { type Appender } from './appender.js';
import { type LogReader } from './log-reader.js';
import { type StreamLimits } from './stream-limits.js';

const SAVED = z.object({ position: z.string() });

const streamOf = (name: string): string => `checkpoint-${name}`;

/** Each checkpoint is the last event of a stream of its own, which keeps one. Both numbers of the position are kept. */
export class StreamCheckpointStore extends CheckpointStore {
  private readonly limited = new Set<string>();

  constructor(
    private readonly reader: LogReader,
    private readonly appender: Appender,
    private readonly limits: StreamLimits,
  ) {
    super();
  }

  /** Positions are offsets of bytes here: about as many as 5,000 events of a busy log take. */
  override get positionsBeforeSaving(): bigint {
    return 16n * 1024n * 1024n;
  }

  /** @throws Corrupt when the stream holds something else */
  async load(name: string): Promise<Position | undefined> {
    const last = await this.reader.lastOf(streamOf(name));
    if (!last) return undefined;
    const saved = SAVED.safeParse(last.data);
    if (!saved.success) throw new Corrupt(`${streamOf(name)} holds no position`);
    return parsePosition(saved.data.position);
  }

  async save(name: string, position: Position): Promise<void> {
    await this.limit(name);
    const data = { position: formatPosition(position) };
    await this.appender.append({
      stream: streamOf(name),
      events: [jsonEvent({ id: randomId(), type: 'CheckpointSaved', data })],
      bytes: JSON.stringify(data).length,
      expected: 'any',
      repeatable: true,
    });
  }

  /** One is kept, or the stream would grow with every batch. */
  private async limit(name: string): Promise<void> {
    if (this.limited.has(name)) return;
    const { maxCount } = await this.limits.get(streamOf(name));
    if (maxCount !== 1) await this.limits.set(streamOf(name), { maxCount: 1 });
    this.limited.add(name);
  }
}

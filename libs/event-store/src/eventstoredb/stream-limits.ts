import { type JSONType, jsonEvent } from '@eventstore/db-client';
import { z } from 'zod';
import { randomId } from '#libs/kernel';
import { SOFT_DELETED } from '../decide-append.js';
import { WrongExpectedRevision } from '../errors.js';
import { type StreamMeta } from '../store.js';
import { type Appender } from './appender.js';
import { type LogReader } from './log-reader.js';

const LIMITS = z.looseObject({
  $maxCount: z.number().int().optional(),
  $maxAge: z.number().int().optional(),
  $tb: z.number().optional(),
});
type Stored = { readonly revision: bigint; readonly limits: z.infer<typeof LIMITS> };

const TRIES = 5;

/**
 * Stream metadata: the three limits of the port. What else an operator has set, such as access rights, stays as it is. They are JSON
 * numbers to the server and to its client: `truncateBefore` of a soft-deleted stream is rounded there and known by its size.
 */
export class StreamLimits {
  constructor(
    private readonly reader: LogReader,
    private readonly appender: Appender,
  ) {}

  /** @throws StreamDeleted */
  async get(stream: string): Promise<StreamMeta> {
    const { $maxCount, $maxAge, $tb } = (await this.stored(stream))?.limits ?? {};
    return {
      ...($maxCount === undefined ? {} : { maxCount: $maxCount }),
      ...($maxAge === undefined ? {} : { maxAgeSeconds: $maxAge }),
      ...($tb === undefined ? {} : { truncateBefore: $tb > Number.MAX_SAFE_INTEGER ? SOFT_DELETED : BigInt($tb) }),
    };
  }

  /** Whether anything was ever set, which makes a stream exist. @throws StreamDeleted */
  async exist(stream: string): Promise<boolean> {
    return (await this.stored(stream)) !== undefined;
  }

  async set(stream: string, meta: StreamMeta): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.replace(stream, meta);
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision) || attempt >= TRIES) throw error;
      }
    }
  }

  /** Writes at the revision that was read, so that nothing an operator sets meanwhile is lost. */
  private async replace(stream: string, { maxCount, maxAgeSeconds, truncateBefore }: StreamMeta): Promise<void> {
    const before = await this.stored(stream);
    const { $maxCount: _count, $maxAge: _age, $tb: _before, ...kept } = before?.limits ?? {};
    const data: JSONType = {
      ...kept,
      ...(maxCount === undefined ? {} : { $maxCount: maxCount }),
      ...(maxAgeSeconds === undefined ? {} : { $maxAge: maxAgeSeconds }),
      ...(truncateBefore === undefined ? {} : { $tb: Number(truncateBefore) }),
    };
    await this.appender.append({
      stream: `$$${stream}`,
      events: [jsonEvent({ id: randomId(), type: '$metadata', data })],
      bytes: JSON.stringify(data).length,
      expected: before?.revision ?? 'no_stream',
    });
  }

  private async stored(stream: string): Promise<Stored | undefined> {
    const last = await this.reader.lastOf(`$$${stream}`);
    if (!last) return undefined;
    return { revision: last.revision, limits: LIMITS.catch({}).parse(last.data) };
  }
}

import { SOFT_DELETED } from '../decide-append.js';
import { StreamDeleted, WrongExpectedRevision } from '../errors.js';
import { type ExpectedRevision } from '../store.js';
import { failureOf, portError, unavailable } from './client-failure.js';
import { type Connection } from './connection.js';
import { type LogReader } from './log-reader.js';
import { type StreamLimits } from './stream-limits.js';
import { type Timings, pauseAfter } from './timings.js';
import { within } from './within.js';

/** What is to be deleted. */
export type Deletion = {
  readonly kind: 'softDelete' | 'tombstone';
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly timeoutMs?: number | undefined;
};

const TRIES = 4;

/** Deletes streams. Tried again only while nothing can have reached the server: whoever deletes looks before doing so twice. */
export class StreamDeletion {
  constructor(
    private readonly connection: Connection,
    private readonly reader: LogReader,
    private readonly limits: StreamLimits,
    private readonly timings: Timings,
  ) {}

  /** @throws the errors of `EventStore.softDelete` */
  async run(deletion: Deletion): Promise<void> {
    const { kind, stream, expected, timeoutMs } = deletion;
    const expectedRevision = expected === 'stream_exists' ? await this.existing(stream) : expected;
    const deadline = timeoutMs ?? this.timings.appendTryMs;
    const options = { expectedRevision, deadline, requiresLeader: true };
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { connection } = this;
        const sent = kind === 'tombstone' ? connection.tombstoneStream(stream, options) : connection.deleteStream(stream, options);
        await within(deadline, `deleting ${stream}`, sent);
        return;
      } catch (error) {
        const failure = failureOf(error);
        if (failure.kind === 'wrong-revision') throw new WrongExpectedRevision(stream, expected, failure.actual);
        if (failure.kind !== 'passing') throw portError(failure, stream);
        if (!failure.unsent || attempt >= TRIES) throw unavailable(failure, `deleting ${stream}`);
        await pauseAfter(attempt, this.timings);
      }
    }
  }

  /** The client has no `stream_exists` for deletions: the revision that is there stands for it, and `any` for one that nobody sees. */
  private async existing(stream: string): Promise<bigint | 'any'> {
    const last = await this.reader.lastOf(stream);
    if (last) return last.revision;
    if (!(await this.limits.exist(stream))) throw new WrongExpectedRevision(stream, 'stream_exists', 'no_stream');
    const { truncateBefore } = await this.limits.get(stream);
    if (truncateBefore === SOFT_DELETED) throw new StreamDeleted(stream);
    return 'any';
  }
}

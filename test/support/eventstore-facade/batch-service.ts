import { randomUUID } from 'node:crypto';
import { type handleBidiStreamingCall, type ServerDuplexStream } from '@grpc/grpc-js';
import { performAppend } from './appending.js';
import { type Correlated, answerTo, badRequestTo, successTo, timeoutTo, tooLargeTo } from './batch-answers.js';
import { type Expected } from './expected-version.js';
import { type streams } from './generated.js';
import { checkAccess, checkLeader, countCall, type FacadeNode } from './node.js';
import { Refused } from './refusals.js';
import { type Proposed, type Written } from './store.js';
import { proposedOf, streamNameOf } from './wire.js';

type BatchCall = ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>;
type Batch = {
  readonly to: Correlated;
  readonly expected: Expected;
  /** Of the client, in milliseconds since 1970; it sends one, and waits longer itself. */
  readonly deadlineMs: number;
  readonly events: Proposed[];
};

const expectedOf = (options: streams.BatchAppendReq.Options): Expected => {
  if (options.hasStreamPosition()) return BigInt(options.getStreamPosition());
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : 'any';
};

const batchOf = (correlationId: string, options: streams.BatchAppendReq.Options): Batch => ({
  to: { correlationId, stream: streamNameOf(options.getStreamIdentifier()) },
  expected: expectedOf(options),
  deadlineMs: options.getDeadline()?.toDate().getTime() ?? Infinity,
  events: [],
});

/** The answers of one BatchAppend call, and what faults do to them. */
class BatchStream {
  private readonly batches = new Map<string, Batch>();
  private open = true;

  constructor(
    private readonly node: FacadeNode,
    private readonly call: BatchCall,
  ) {}

  /** Takes a part of a batch: options come with the first, `is_final` with the last. */
  take(request: streams.BatchAppendReq): void {
    const correlationId = request.getCorrelationId()?.getString() ?? '';
    const options = request.getOptions();
    const batch = this.batches.get(correlationId) ?? (options && batchOf(correlationId, options));
    if (!batch) return this.write(badRequestTo({ correlationId, stream: '' }, 'options are missing'));
    this.batches.set(correlationId, batch);
    checkAccess(this.node, this.call.metadata, batch.to.stream);
    try {
      batch.events.push(...request.getProposedMessagesList().map(proposedOf));
    } catch (error) {
      this.batches.delete(correlationId);
      return this.write(badRequestTo(batch.to, error instanceof Error ? error.message : 'type'));
    }
    if (!request.getIsFinal()) return;
    this.batches.delete(correlationId);
    this.append(batch);
  }

  fail(refusal: Refused): void {
    if (!this.open) return;
    this.open = false;
    this.call.emit('error', refusal);
  }

  end(): void {
    if (!this.open) return;
    this.open = false;
    this.call.end();
  }

  close(): void {
    this.open = false;
  }

  private append({ to, expected, deadlineMs, events }: Batch): void {
    this.node.counted.batchAppends += 1;
    const { faults, store } = this.node;
    const cut = faults.take('end-batch');
    if (cut) {
      if (cut.written) store.append(to.stream, expected, events);
      return this.end();
    }
    if (deadlineMs < Date.now()) return this.write(timeoutTo(to));
    performAppend(
      this.node,
      { stream: to.stream, expected, events },
      {
        give: (written) => this.give(to, expected, written),
        refuse: (refusal) => this.write(this.refusalTo(to, refusal)),
        fail: (refusal) => this.fail(refusal),
      },
    );
  }

  private give(to: Correlated, expected: Expected, written: Written): void {
    const { faults } = this.node;
    const answer = answerTo(to, expected, written);
    if (faults.take('answer-unknown-id')) this.write(successTo({ ...to, correlationId: randomUUID() }, 0n, undefined));
    const late = faults.take('answer-late');
    if (late) {
      this.write(timeoutTo(to));
      setTimeout(() => this.write(answer), late.delayMs);
      return;
    }
    this.write(answer);
    if (faults.take('answer-twice')) this.write(answer);
  }

  private refusalTo(to: Correlated, refusal: Refused): streams.BatchAppendResp {
    const limit = refusal.metadata.get('maximum-append-size').at(0);
    return limit === undefined ? badRequestTo(to, refusal.details) : tooLargeTo(to, Number(limit));
  }

  private write(response: streams.BatchAppendResp): void {
    if (this.open) this.call.write(response);
  }
}

/** BatchAppend: many appends on one call, told apart by correlation id. */
export const batchAppendHandler =
  (node: FacadeNode): handleBidiStreamingCall<streams.BatchAppendReq, streams.BatchAppendResp> =>
  (call) => {
    countCall(node, 'BatchAppend');
    const stream = new BatchStream(node, call);
    node.counted.openBatchStreams += 1;
    let counted = true;
    const close = (): void => {
      stream.close();
      if (counted) node.counted.openBatchStreams -= 1;
      counted = false;
    };
    call.on('cancelled', close);
    call.on('close', close);
    call.on('end', () => stream.end());
    call.on('data', (request: streams.BatchAppendReq) => {
      try {
        checkLeader(node, call.metadata, true);
        stream.take(request);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        stream.fail(error);
      }
    });
  };

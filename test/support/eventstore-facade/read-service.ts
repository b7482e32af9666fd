import { randomUUID } from 'node:crypto';
import { type handleServerStreamingCall } from '@grpc/grpc-js';
import { Delivery, type ReadCall } from './delivery.js';
import { streams } from './generated.js';
import { checkAccess, checkLeader, countCall, type FacadeNode } from './node.js';
import { streamDeleted } from './refusals.js';
import { visible } from './retention.js';
import { allFrom, checkPlace, filterOf, streamFrom, targetOf } from './selection.js';
import { subscribe } from './subscription.js';
import { eventResponse, notFoundResponse } from './wire.js';
import { type LogRecord } from './log.js';

const readable = (node: FacadeNode, options: streams.ReadReq.Options, stream: string): Iterable<LogRecord> | 'missing' => {
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  if (stream === '$all') {
    checkPlace(node.store.log, options, backwards);
    return allFrom(node.store.log, options, backwards);
  }
  const records = visible(node.store.log, stream, node.nowMs());
  if (records === 'deleted') throw streamDeleted(stream);
  return records === 'missing' ? records : streamFrom(records, options, backwards);
};

const readOnce = async (node: FacadeNode, delivery: Delivery, options: streams.ReadReq.Options): Promise<void> => {
  const stream = targetOf(options);
  const records = readable(node, options, stream);
  if (node.faults.take('hold-read')) return;
  const drop = node.faults.take('drop-read');
  const filter = filterOf(options.getFilter());
  if (records === 'missing') await delivery.send(notFoundResponse(stream));
  else {
    let left = BigInt(options.getCount());
    let sent = 0;
    for (const record of records) {
      if (left <= 0n || delivery.closed.aborted || sent === drop?.afterEvents) break;
      if (filter && !filter.matches(record)) continue;
      await delivery.send(eventResponse(record));
      left -= 1n;
      sent += 1;
    }
  }
  if (drop) await delivery.drop();
  else delivery.end();
};

const answer = async (node: FacadeNode, call: ReadCall, delivery: Delivery): Promise<void> => {
  const options = call.request.getOptions() ?? new streams.ReadReq.Options();
  checkLeader(node, call.metadata, false);
  checkAccess(node, call.metadata, targetOf(options));
  if (options.hasSubscription()) await subscribe(node, delivery, { options, id: randomUUID() });
  else await readOnce(node, delivery, options);
};

/** Read: all reads and all subscriptions of clients. */
export const readHandler =
  (node: FacadeNode): handleServerStreamingCall<streams.ReadReq, streams.ReadResp> =>
  (call) => {
    countCall(node, 'Read');
    const delivery = new Delivery(node, call);
    node.counted.openReads += 1;
    delivery.closed.addEventListener('abort', () => (node.counted.openReads -= 1), { once: true });
    answer(node, call, delivery).catch((error: unknown) => delivery.fail(error instanceof Error ? error : new Error(String(error))));
  };

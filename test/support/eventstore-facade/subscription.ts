import { Checkpoints, type Place } from './checkpoints.js';
import { type Delivery } from './delivery.js';
import { type streams } from './generated.js';
import { type LogRecord } from './log.js';
import { isAtLeast, type FacadeNode } from './node.js';
import { consumerTooSlow, streamDeleted } from './refusals.js';
import { visible } from './retention.js';
import { type Filter, checkPlace, filterOf, indexAfter, placeAfter, revisionAfter, targetOf } from './selection.js';
import { caughtUpResponse, checkpointResponse, confirmationResponse, eventResponse } from './wire.js';

/** A live subscription this far behind catches up again, and says so when it has. */
const LIVE_BUFFER = 64;

/** The records of one subscription, in order. */
type Source = { readonly records: () => readonly LogRecord[]; index: number };

const sourceOf = (node: FacadeNode, options: streams.ReadReq.Options, stream: string): Source => {
  const { log } = node.store;
  if (stream === '$all') return { records: () => log.records, index: indexAfter(log, placeAfter(log, options)) };
  const kept = visible(log, stream, node.nowMs());
  if (kept === 'deleted') throw streamDeleted(stream);
  const first = kept === 'missing' ? log.stream(stream).length : Number(kept[0]?.revision ?? 0n);
  return { records: () => log.stream(stream), index: Math.max(first, revisionAfter(log, stream, options)) };
};

/** Servers before 24.2 tell no checkpoint when they go live … */
const tellsWhenLive = (node: FacadeNode): boolean => isAtLeast(node, 24, 2);
/** … and end a live subscription that falls too far behind. */
const dropsSlowConsumers = (node: FacadeNode): boolean => !isAtLeast(node, 24, 2);

/** 24.10.0 to 24.10.4 and 25.0.0: a checkpoint at the end of the log with no prepare position, by which an event can be missed. */
const hasFaultyCheckpoint = (node: FacadeNode): boolean =>
  (isAtLeast(node, 24, 10) && !isAtLeast(node, 24, 10, 5)) || (isAtLeast(node, 25, 0) && !isAtLeast(node, 25, 0, 1));

class Pump {
  private catchingUp = true;
  private sent = 0;
  private wake: () => void = () => undefined;

  constructor(
    private readonly node: FacadeNode,
    private readonly delivery: Delivery,
    private readonly source: Source,
    private readonly filtered: { readonly filter: Filter; readonly checkpoints: Checkpoints } | undefined,
  ) {}

  /** Sends until the client is gone, the subscription is ended, or a fault ends it. */
  async run(): Promise<void> {
    const ends = this.node.faults.take('end-subscription');
    const drops = this.node.faults.take('drop-subscription');
    const unlisten = this.node.store.log.onWrite(() => this.wake());
    this.delivery.closed.addEventListener('abort', () => this.wake(), { once: true });
    while (!this.delivery.closed.aborted) {
      if (this.sent === ends?.afterEvents) this.delivery.end();
      else if (this.sent === drops?.afterEvents) {
        await this.delivery.drop();
        break;
      } else await this.step();
    }
    unlisten();
  }

  repeatCaughtUp(): void {
    this.catchingUp = true;
    this.wake();
  }

  end(): void {
    this.delivery.end();
  }

  private async step(): Promise<void> {
    const records = this.source.records();
    if (!this.catchingUp && records.length - this.source.index > LIVE_BUFFER) {
      if (dropsSlowConsumers(this.node)) return this.delivery.fail(consumerTooSlow());
      this.catchingUp = true;
      this.filtered?.checkpoints.fallBehind();
    }
    const record = records[this.source.index];
    if (!record) return this.atTheEnd();
    this.source.index += 1;
    const wanted = this.filtered?.filter.matches(record) ?? true;
    if (wanted) {
      await this.delivery.send(eventResponse(record));
      this.sent += 1;
    }
    await this.tell(this.filtered?.checkpoints.consider(record, wanted));
  }

  private async atTheEnd(): Promise<void> {
    if (this.catchingUp) {
      this.catchingUp = false;
      const checkpoint = this.filtered?.checkpoints.goLive();
      if (this.filtered && hasFaultyCheckpoint(this.node)) await this.tell({ commit: this.node.store.log.end, prepare: 0n });
      else if (tellsWhenLive(this.node)) await this.tell(checkpoint);
      if (isAtLeast(this.node, 23, 10)) await this.delivery.send(caughtUpResponse());
      return;
    }
    await new Promise<void>((resolve) => (this.wake = resolve));
  }

  private async tell(checkpoint: Place | undefined): Promise<void> {
    if (checkpoint) await this.delivery.send(checkpointResponse(checkpoint));
  }
}

export type Subscribing = { readonly options: streams.ReadReq.Options; readonly id: string };

/** Confirmation, then every event behind the place named, then what is written; CaughtUp at each change to live. */
export const subscribe = async (node: FacadeNode, delivery: Delivery, { options, id }: Subscribing): Promise<void> => {
  const source = sourceOf(node, options, targetOf(options));
  node.counted.subscriptionsStarted += 1;
  if (node.faults.take('hold-subscription')) return;
  await delivery.send(confirmationResponse(id));
  if (targetOf(options) === '$all') checkPlace(node.store.log, options, false);
  const filter = filterOf(options.getFilter());
  const checkpoints = filter && new Checkpoints(filter, placeAfter(node.store.log, options));
  const pump = new Pump(node, delivery, source, filter && checkpoints && { filter, checkpoints });
  node.subscriptions.add(pump);
  try {
    await pump.run();
  } finally {
    node.subscriptions.delete(pump);
  }
};

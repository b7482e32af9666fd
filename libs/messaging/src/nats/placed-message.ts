import { type JsMsg, type StoredMsg } from '@nats-io/jetstream';
import { Match, type MsgHdrs } from '@nats-io/transport-node';
import { type QueuedMessage } from '../work-queue.js';
import { INTAKE, LATER } from './streams.js';

/** Headers of a message that was moved to the stream `LATER`. Its `Nats-Msg-Id` is the place it had before. */
export const MOVED = { key: 'Driftledger-Key', deliveries: 'Driftledger-Deliveries', pauseMs: 'Driftledger-Pause-Ms' } as const;

const MOVED_SUBJECT = 'driftledger.later.';

/** Where a message waits that cannot be done now: `driftledger.predictions.x` under `driftledger.later.predictions.x`. */
export const movedSubject = (subject: string): string => subject.replace(/^driftledger\./, MOVED_SUBJECT);

export type PlacedMessage = {
  readonly message: QueuedMessage;
  /** Where producers have put it, which no other message ever has: a stream made anew counts from 1 again, at another time. */
  readonly place: string;
  /** All headers it has where it is now. */
  readonly headers: MsgHdrs | undefined;
  /** Of one that was moved: the milliseconds it waits after its first delivery, before anybody looks at it again. */
  readonly pauseMs: number | undefined;
};

type Parts = {
  readonly subject: string;
  readonly body: Uint8Array;
  readonly headers: MsgHdrs | undefined;
  readonly sequence: number;
  readonly nanos: bigint;
  readonly deliveries: number;
};

const placed = ({ subject, body, headers, sequence, nanos, deliveries }: Parts): PlacedMessage => {
  const header = (name: string): string | undefined => {
    const value = headers?.get(name, Match.IgnoreCase);
    return value === undefined || value === '' ? undefined : value;
  };
  const id = header('Nats-Msg-Id');
  if (!subject.startsWith(MOVED_SUBJECT)) {
    const place = `${INTAKE.name}/${sequence}/${nanos}`;
    return { message: { subject, body, header, key: id ?? place, deliveries }, place, headers, pauseMs: undefined };
  }
  const place = id ?? `${LATER.name}/${sequence}/${nanos}`;
  const message = {
    subject: subject.replace(MOVED_SUBJECT, 'driftledger.'),
    body,
    header,
    key: decodeURIComponent(header(MOVED.key) ?? place),
    // At the first delivery it only begins to wait.
    deliveries: Number(header(MOVED.deliveries) ?? 1) + deliveries - 1,
  };
  return { message, place, headers, pauseMs: deliveries === 1 ? Number(header(MOVED.pauseMs) ?? 0) : undefined };
};

/** A message as the consumer delivers it. @throws URIError for one below `driftledger.later.` that nobody here has moved */
export const delivered = ({ subject, data, headers, info, timestampNanos }: JsMsg): PlacedMessage =>
  placed({ subject, body: data, headers, sequence: info.streamSequence, nanos: timestampNanos, deliveries: info.deliveryCount });

/** The same message, read from the stream. @throws URIError for one below `driftledger.later.` that nobody here has moved */
export const stored = ({ subject, data, header, seq, timestamp }: StoredMsg): PlacedMessage =>
  placed({ subject, body: data, headers: header, sequence: seq, nanos: nanosOf(timestamp), deliveries: 1 });

/** Nanoseconds since 1970 of RFC 3339 with up to nine decimals. */
const nanosOf = (timestamp: string): bigint => {
  const [seconds = '', rest = ''] = timestamp.split('.');
  const decimals = /^\d*/.exec(rest)?.[0] ?? '';
  return BigInt(Date.parse(seconds.endsWith('Z') ? seconds : `${seconds}Z`)) * 1_000_000n + BigInt(decimals.padEnd(9, '0'));
};

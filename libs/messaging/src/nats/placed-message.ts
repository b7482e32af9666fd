import { type JsMsg, type StoredMsg } from '@nats-io/jetstream';
import { Match, type MsgHdrs } from '@nats-io/transport-node';
import { type QueuedMessage } from '../work-queue.js';
import { INTAKE } from './streams.js';

/** A message and its place in the stream, which no other message ever has: a stream made anew counts from 1 again, at another time. */
export type PlacedMessage = { readonly message: QueuedMessage; readonly place: string };

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
  const place = `${INTAKE.name}/${sequence}/${nanos}`;
  return { message: { subject, body, header, key: header('Nats-Msg-Id') ?? place, deliveries }, place };
};

/** A message as the consumer delivers it. */
export const delivered = ({ subject, data, headers, info, timestampNanos }: JsMsg): PlacedMessage =>
  placed({ subject, body: data, headers, sequence: info.streamSequence, nanos: timestampNanos, deliveries: info.deliveryCount });

/** The same message, read from the stream. */
export const stored = ({ subject, data, header, seq, timestamp }: StoredMsg): PlacedMessage =>
  placed({ subject, body: data, headers: header, sequence: seq, nanos: nanosOf(timestamp), deliveries: 1 });

/** Nanoseconds since 1970 of RFC 3339 with up to nine decimals. */
const nanosOf = (timestamp: string): bigint => {
  const [seconds = '', rest = ''] = timestamp.split('.');
  const decimals = /^\d*/.exec(rest)?.[0] ?? '';
  return BigInt(Date.parse(seconds.endsWith('Z') ? seconds : `${seconds}Z`)) * 1_000_000n + BigInt(decimals.padEnd(9, '0'));
};

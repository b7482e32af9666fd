import { type JetStreamClient } from '@nats-io/jetstream';
import { headers, Match, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { MOVED, movedSubject, type PlacedMessage } from './placed-message.js';

/** Room for what the client adds. */
const SPARE_BYTES = 256;

/** Moves what cannot be done now to the stream `LATER`, so that it keeps nobody away from the messages behind it. */
export class LaterMessages {
  constructor(
    private readonly connection: NatsConnection,
    private readonly stream: JetStreamClient,
  ) {}

  /**
   * Puts the message, with its headers, its key and how often it was delivered, where it waits for so many milliseconds. Once that
   * happened, the one it was made of can go; when that fails, it comes again under the same key.
   *
   * @returns false when the server takes no message with that much above its body
   * @throws an error of the client when the server did not confirm it
   */
  async keep(placed: PlacedMessage, pauseMs: number): Promise<boolean> {
    const { message, place } = placed;
    const about = headersOf(placed.headers);
    about.set(MOVED.key, encodeURIComponent(message.key));
    about.set(MOVED.deliveries, String(message.deliveries));
    about.set(MOVED.pauseMs, String(pauseMs));
    const bytes = message.body.length + bytesOf(about) + Buffer.byteLength(place) + SPARE_BYTES;
    if (bytes > (this.connection.info?.max_payload ?? Number.POSITIVE_INFINITY)) return false;
    await this.stream.publish(movedSubject(message.subject), message.body, { headers: about, msgID: place });
    return true;
  }
}

/** What the sender has set, but for what would tell the server how to store it: that was said of the other stream. */
const headersOf = (sent: MsgHdrs | undefined): MsgHdrs => {
  const kept = headers();
  for (const [name, values] of sent ?? []) if (!/^nats-/i.test(name)) for (const value of values) kept.append(name, value);
  for (const name of Object.values(MOVED)) kept.delete(name, Match.IgnoreCase);
  return kept;
};

const bytesOf = (about: MsgHdrs): number => {
  let bytes = 0;
  for (const [name, values] of about) for (const value of values) bytes += Buffer.byteLength(name) + Buffer.byteLength(value) + 4;
  return bytes;
};

import { type JetStreamClient, type JsMsg } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { type QueuedMessage } from '../work-queue.js';
import { INTAKE } from './streams.js';

/** Headers that say how a body is to be read; the others, such as `Authorization`, are nobody else's business. */
const KEPT_HEADERS = ['content-type', 'content-encoding'];
/** Room for the names of headers and the two ids. */
const HEADER_BYTES = 1_024;

/** Where a refused message is kept: `driftledger.predictions.x` under `driftledger.refused.predictions.x`. */
export const refusedSubject = (subject: string): string => subject.replace(/^driftledger\./, 'driftledger.refused.');

/** What a refused message was, and why it was refused. */
export type Refused = {
  readonly original: JsMsg;
  readonly message: QueuedMessage;
  readonly problem: Readonly<Record<string, unknown>>;
};

/**
 * Keeps a refused message: the body as it was sent, the problem as JSON in `Driftledger-Problem`, the id in `Driftledger-Key`. A body
 * for which there is no room beside the problem is left out, which the problem then says.
 *
 * @throws an error of the client when the server did not confirm it
 */
export const keepRefused = async (
  connection: NatsConnection,
  stream: JetStreamClient,
  { original, message, problem }: Refused,
): Promise<void> => {
  const hasRoom = (text: string): boolean =>
    original.data.length + text.length + HEADER_BYTES <= (connection.info?.max_payload ?? Number.POSITIVE_INFINITY);
  const whole = headerText(problem);
  const fits = hasRoom(whole);
  const about = headers();
  about.set('Driftledger-Problem', fits ? whole : headerText({ ...problem, bodyLeftOut: true }));
  about.set('Driftledger-Key', encodeURIComponent(message.key));
  for (const name of KEPT_HEADERS) {
    const value = message.header(name);
    if (value !== undefined) about.set(name, value);
  }
  const { streamSequence } = original.info;
  await stream.publish(refusedSubject(message.subject), fits ? original.data : new Uint8Array(), {
    headers: about,
    // A delivery that was not acknowledged comes again; it is set aside once.
    msgID: `${INTAKE.name}/${streamSequence}/${original.timestampNanos}`,
  });
};

/** JSON in ASCII, as headers take it. */
const headerText = (problem: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(problem).replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

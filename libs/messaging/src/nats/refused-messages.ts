import { type JetStreamClient } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { type PlacedMessage } from './placed-message.js';

/** Headers that say how a body is to be read; the others, such as `Authorization`, are nobody else's business. */
const KEPT_HEADERS = ['content-type', 'content-encoding'];
/** Room for the names of headers and the two ids. */
const HEADER_BYTES = 1_024;

type Problem = Readonly<Record<string, unknown>>;

/** Where a refused message is kept: `driftledger.predictions.x` under `driftledger.refused.predictions.x`. */
const refusedSubject = (subject: string): string => subject.replace(/^driftledger\./, 'driftledger.refused.');

/** Keeps what was refused, in the stream `REFUSED`. */
export class RefusedMessages {
  constructor(
    private readonly connection: NatsConnection,
    private readonly stream: JetStreamClient,
  ) {}

  /**
   * Keeps a refused message: the body as it was sent, the problem as JSON in `Driftledger-Problem`, the id in `Driftledger-Key`. A body
   * for which there is no room beside the problem is left out, which the problem then says.
   *
   * @throws an error of the client when the server did not confirm it
   */
  async keep({ message, place }: PlacedMessage, problem: Problem): Promise<void> {
    const whole = headerText(problem);
    const bytes = message.body.length + whole.length + HEADER_BYTES;
    const fits = bytes <= (this.connection.info?.max_payload ?? Number.POSITIVE_INFINITY);
    const about = headers();
    about.set('Driftledger-Problem', fits ? whole : headerText({ ...problem, bodyLeftOut: true }));
    about.set('Driftledger-Key', encodeURIComponent(message.key));
    for (const name of KEPT_HEADERS) {
      const value = message.header(name);
      if (value !== undefined) about.set(name, value);
    }
    // A delivery that was not acknowledged comes again; it is set aside once.
    const once = { headers: about, msgID: place };
    await this.stream.publish(refusedSubject(message.subject), fits ? message.body : new Uint8Array(), once);
  }
}

/** JSON in ASCII, as headers take it. */
const headerText = (problem: Problem): string =>
  JSON.stringify(problem).replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

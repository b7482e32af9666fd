import { headers, Match, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import { BusUnavailable } from '../message-bus.js';
import { type QueuedMessage, type QueueWorker, type Verdict } from '../work-queue.js';

/** Below this, one word for each process. Producers have no permission to publish here: what arrives was taken from the queue. */
const SUBJECT = 'driftledger.relay';
const TIMEOUT_MS = 30_000;
/** Room for what stands above the body, besides what its sender had put there. */
const HEADER_BYTES = 4_096;
/** What the work of a message looks at. */
const SENT_ON = ['content-type', 'content-encoding', 'authorization', 'x-correlation-id', 'traceparent'];
const [ABOUT_SUBJECT, ABOUT_KEY, ABOUT_DELIVERIES] = ['Driftledger-Subject', 'Driftledger-Key', 'Driftledger-Deliveries'] as const;

const VerdictSaid = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done') }),
  z.object({ kind: z.literal('later'), afterMs: z.number().nonnegative() }),
  z.object({ kind: z.literal('refused'), problem: z.record(z.string(), z.unknown()) }),
]);

/**
 * Hands messages of the queue to the process that can do their work, and brings back what became of them. Whoever took a message from
 * the queue stays answerable for it: when no verdict comes, it comes again, under the same key.
 */
export class MessageRelay {
  /** @param connection stays open: it belongs to whoever opened it */
  constructor(
    private readonly connection: NatsConnection,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {}

  /** Does the work of what others send to this address, until the returned function is called. @throws BusUnavailable */
  serve(address: string, work: QueueWorker): () => void {
    const callback = (error: Error | null, message: Msg): void => {
      // Without an answer the message comes again; there is nobody else to tell.
      if (!error) this.answer(message, work).catch(() => undefined);
    };
    try {
      const subscription = this.connection.subscribe(subjectOf(address), { callback });
      return () => subscription.unsubscribe();
    } catch (cause) {
      throw new BusUnavailable('messages of others cannot be taken', { cause });
    }
  }

  /** False for one that is so near to the server's limit that nothing can be written above it. */
  fits({ body }: QueuedMessage): boolean {
    const limit = this.connection.info?.max_payload;
    return limit === undefined || body.length + HEADER_BYTES <= limit;
  }

  /** @throws BusUnavailable when no verdict came in time: whether the work was done is unknown */
  async send(address: string, message: QueuedMessage): Promise<Verdict> {
    const about = headers();
    about.set(ABOUT_SUBJECT, message.subject);
    about.set(ABOUT_KEY, encodeURIComponent(message.key));
    about.set(ABOUT_DELIVERIES, String(message.deliveries));
    for (const name of SENT_ON) {
      const value = message.header(name);
      if (value !== undefined) about.set(name, value);
    }
    try {
      const answer = await this.connection.request(subjectOf(address), message.body, { headers: about, timeout: this.timeoutMs });
      return VerdictSaid.parse(JSON.parse(answer.string()));
    } catch (cause) {
      throw new BusUnavailable(`${address} gave no verdict: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }

  /** @throws URIError when the key cannot be read, what the work throws, and an error of the client when the connection is closed */
  private async answer(message: Msg, work: QueueWorker): Promise<void> {
    const header = (name: string): string | undefined => {
      const value = message.headers?.get(name, Match.IgnoreCase);
      return value === undefined || value === '' ? undefined : value;
    };
    const [subject, key] = [header(ABOUT_SUBJECT), header(ABOUT_KEY)];
    if (subject === undefined || key === undefined) return;
    const deliveries = Number(header(ABOUT_DELIVERIES) ?? 1);
    const verdict = await work({ subject, body: message.data, header, key: decodeURIComponent(key), deliveries });
    message.respond(JSON.stringify(verdict));
  }
}

const subjectOf = (address: string): string => `${SUBJECT}.${Buffer.from(address).toString('base64url')}`;

import { setTimeout as delay } from 'node:timers/promises';
import { type JetStreamClient, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { connectToNats } from '#libs/messaging/nats';
import { type ServerInstallation } from '../support/server-installation.js';
import { type ServerProgram } from '../support/server-program.js';
import { DEPLOYMENT, type Kind, type Sending, type Way } from './processes-traffic.js';

const PAUSE_MS = 40;
const GIVE_UP_MS = 60_000;

const bodyOf = ({ records }: Sending): string => records.map((record) => JSON.stringify(record)).join('\n');

/** A careful producer: what it sends it sends under one key until it is answered, at whichever copy. */
export class Producer {
  /** Requests that were answered, by HTTP or by the queue. */
  readonly acknowledged: Sending[] = [];
  /** What was answered beside successes: a status of HTTP, or the name of an error. */
  readonly setbacks = new Map<string, number>();
  private asked = 0;

  private constructor(
    private readonly installation: ServerInstallation,
    private readonly copies: readonly ServerProgram[],
    private readonly connection: NatsConnection,
    private readonly queue: JetStreamClient,
  ) {}

  static async connect(installation: ServerInstallation, copies: readonly ServerProgram[]): Promise<Producer> {
    const connection = await connectToNats({ servers: [installation.nats.url], name: 'producer' });
    return new Producer(installation, copies, connection, jetstream(connection));
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  /**
   * Sends everything, both kinds over both ways at once. `meanwhile` begins when a third was answered, in the middle of the rest. Returns
   * when all was answered, `meanwhile` is over, and nothing waits in the queue.
   */
  async send(sendings: readonly Sending[], meanwhile: () => Promise<unknown> = async () => undefined): Promise<void> {
    const before = this.acknowledged.length;
    const kinds: readonly Kind[] = ['predictions', 'labels'];
    const ways: readonly Way[] = ['http', 'nats'];
    const lines = kinds.flatMap((kind) => ways.map((way) => sendings.filter((one) => one.kind === kind && one.way === way)));
    const sending = Promise.all(lines.map((line) => this.sendInOrder(line)));
    while (this.acknowledged.length - before < sendings.length / 3) await Promise.race([sending, delay(5)]);
    await Promise.all([meanwhile(), sending]);
    await this.untilTaken();
  }

  private async sendInOrder(line: readonly Sending[]): Promise<void> {
    for (const one of line) {
      await this.surely(one);
      await delay(PAUSE_MS);
    }
  }

  private async surely(one: Sending): Promise<void> {
    for (const until = performance.now() + GIVE_UP_MS; performance.now() < until;) {
      const setback = await (one.way === 'http' ? this.post(one) : this.publish(one));
      if (setback === undefined) {
        this.acknowledged.push(one);
        return;
      }
      this.setbacks.set(setback, (this.setbacks.get(setback) ?? 0) + 1);
      await delay(100);
    }
    throw new Error(`${one.key} was never taken: ${JSON.stringify([...this.setbacks])}`);
  }

  /** What went wrong; undefined when nothing did. @throws Error when the request is refused for good */
  private async post(one: Sending): Promise<string | undefined> {
    const { url = '' } = this.copies[this.asked++ % this.copies.length] ?? {};
    try {
      const response = await fetch(`${url}/v1/deployments/${DEPLOYMENT}/${one.kind}`, {
        method: 'POST',
        headers: {
          ...{ authorization: this.installation.authorization, 'content-type': 'application/x-ndjson' },
          'idempotency-key': one.key,
        },
        body: bodyOf(one),
        signal: AbortSignal.timeout(10_000),
      });
      const text = await response.text();
      if (response.status < 500 && response.status !== 200) throw new Refused(`${one.key}: ${response.status} ${text}`);
      if (!response.ok) return String(response.status);
      const { accepted, duplicates = 0 } = JSON.parse(text) as { accepted: number; duplicates?: number };
      if (accepted + duplicates !== one.records.length) throw new Refused(`${one.key}: ${text}`);
      return undefined;
    } catch (error) {
      if (error instanceof Refused) throw error;
      return error instanceof Error ? error.name : 'unknown';
    }
  }

  private async publish(one: Sending): Promise<string | undefined> {
    const about = headers();
    about.set('content-type', 'application/x-ndjson');
    try {
      await this.queue.publish(`driftledger.${one.kind}.${DEPLOYMENT}`, bodyOf(one), { msgID: one.key, headers: about, timeout: 1_000 });
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.name : 'unknown';
    }
  }

  /** A message is gone from the queue once it is in the log. */
  private async untilTaken(): Promise<void> {
    for (const until = performance.now() + GIVE_UP_MS; performance.now() < until; await delay(50)) {
      const waiting = await jetstreamManager(this.connection, { timeout: 1_000 })
        .then(async ({ streams }) => [await streams.info('DRIFTLEDGER_INTAKE'), await streams.info('DRIFTLEDGER_LATER')])
        .then((infos) => infos.reduce((sum, { state }) => sum + state.messages, 0))
        .catch(() => -1);
      if (waiting === 0) return;
    }
    throw new Error('messages stay in the queue');
  }
}

/** The request was answered, and not as it should have been: sending it again would not help. */
class Refused extends Error {
  override readonly name = 'Refused';
}

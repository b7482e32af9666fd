import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type ClientOptions, ServerError } from '../client.js';

const Answer = z.object({
  accepted: z.int(),
  duplicates: z.int(),
  conflicts: z.int(),
  refusedCount: z.int(),
  refused: z.array(z.object({ index: z.int(), field: z.string(), reason: z.string() })),
});

const Problem = z.object({ detail: z.string(), code: z.string() });

/** One request. The key makes it safe to send again: the server stores it once. */
export type Shipment = { readonly kind: 'predictions' | 'labels'; readonly key: string; readonly body: string; readonly records: number };

const TRIES = 5;
const REQUEST_MS = 60_000;
const WAIT_MS = 250;
/** Too many requests, or no room for them at the moment. */
const TRY_AGAIN = new Set([429, 503]);

/** Sends records to the intake of one deployment, and answers once they are stored. */
export class IntakeClient {
  constructor(
    private readonly options: ClientOptions,
    private readonly deployment: string,
  ) {}

  /**
   * Sends until it is answered, a few times, always with the same key.
   *
   * @throws ServerError when the server refuses, does not answer, or did not store every record
   */
  async send(shipment: Shipment): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.answerTo(shipment);
      if ('failed' in answer) {
        if (attempt >= TRIES) throw new ServerError('UNREACHABLE', 'the server does not answer', undefined, { cause: answer.failed });
        await delay(WAIT_MS * attempt);
        continue;
      }
      const { response, text } = answer;
      if (response.ok) return requireAll(text, shipment);
      if (!TRY_AGAIN.has(response.status) || attempt >= TRIES) throw problemIn(response.status, text);
      await delay(waitOf(response) ?? WAIT_MS * attempt);
    }
  }

  /** Both or neither: an answer that ends in the middle is as good as none. */
  private async answerTo(
    shipment: Shipment,
  ): Promise<{ readonly response: Response; readonly text: string } | { readonly failed: unknown }> {
    try {
      const response = await this.post(shipment);
      return { response, text: await response.text() };
    } catch (failed) {
      return { failed };
    }
  }

  private post({ kind, key, body }: Shipment): Promise<Response> {
    return fetch(new URL(`/v1/deployments/${encodeURIComponent(this.deployment)}/${kind}`, this.options.baseUrl), {
      method: 'POST',
      redirect: 'error',
      headers: { authorization: `Bearer ${this.options.key}`, 'content-type': 'application/x-ndjson', 'idempotency-key': key },
      body,
      signal: AbortSignal.timeout(REQUEST_MS),
    });
  }
}

const answerIn = (text: string): z.infer<typeof Answer> => {
  try {
    return Answer.parse(JSON.parse(text));
  } catch (cause) {
    throw new ServerError('UNREADABLE', 'the server answered in a form this release does not know', undefined, { cause });
  }
};

const requireAll = (text: string, { kind, key, records }: Shipment): void => {
  const { accepted, conflicts, refusedCount, refused } = answerIn(text);
  if (accepted === records) return;
  const [first] = refused;
  const why = first === undefined ? '' : `; record ${first.index}, ${first.field}: ${first.reason}`;
  throw new ServerError(
    'NOT_STORED',
    `${accepted} of ${records} ${kind} of ${key} were stored, ${refusedCount} refused, ${conflicts} in conflict${why}`,
  );
};

const problemIn = (status: number, text: string): ServerError => {
  try {
    const { detail, code } = Problem.parse(JSON.parse(text));
    return new ServerError(code, `${detail} (${code})`, status);
  } catch (cause) {
    return new ServerError('UNREADABLE', `the server answered with status ${status}`, status, { cause });
  }
};

const waitOf = (response: Response): number | undefined => {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
};

import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { deploymentIdOf, NAME_PATTERN } from '#libs/deployments';
import { edgeOf, Problem } from '#libs/identity/http';
import { type IntakeLimits } from '#libs/predictions';
import { INTAKE_ROUTES } from '#libs/predictions/http';
import { type Writers } from './writers.js';

/** On a request that one copy has sent to another: it is not sent on again. */
const FORWARDED = 'x-driftledger-forwarded';
const TIMEOUT_MS = 30_000;
/** What the other copy has to know to answer as if it had been asked itself. */
const SENT_ON = ['authorization', 'content-type', 'content-encoding', 'idempotency-key', 'user-agent', 'x-claimed-at', 'traceparent'];
const SENT_BACK = ['content-type', 'retry-after', 'cache-control'];

const movesElsewhere = (cause?: unknown): Problem =>
  new Problem(
    {
      status: 503,
      code: 'WRITER_MOVES',
      detail: 'the writer of this deployment is changing: send it again',
      headers: { 'retry-after': '1' },
    },
    { cause },
  );

const overloaded = (limit: number, what: string): Problem =>
  new Problem({
    status: 503,
    code: 'OVERLOADED',
    detail: `more than ${limit} ${what} wait for the writer of this deployment`,
    limit,
    headers: { 'retry-after': '1' },
  });

export type ForwardingOptions = {
  /** What may wait for the answers of one other copy. */
  readonly limits: Pick<IntakeLimits, 'waitingRequestsMax' | 'waitingBytesMax'>;
  /** How long another copy may take for its whole answer; half a minute unless said otherwise. */
  readonly timeoutMs?: number;
};

/** Requests of the intake go to the copy that writes their deployment, at most one hop. Their sender was recognised before. */
export function forwardToWriters(
  app: NestFastifyApplication,
  writers: Writers,
  { limits, timeoutMs = TIMEOUT_MS }: ForwardingOptions,
): void {
  const waiting = new WaitingForCopies(limits);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('preHandler', async (request, reply) => {
      const { url: route = '' } = request.routeOptions;
      const { deployment } = request.params as { readonly deployment?: unknown };
      // A name that is none is refused by the intake.
      if (!INTAKE_ROUTES.includes(route) || typeof deployment !== 'string' || !NAME_PATTERN.test(deployment)) return;
      const deploymentId = deploymentIdOf(deployment);
      const writer = await writers.writerOf(deploymentId);
      if (writer.kind === 'here') return;
      if (writer.kind === 'nobody' || request.headers[FORWARDED] !== undefined) throw movesElsewhere();
      const headers = new Headers({ [FORWARDED]: '1', 'x-correlation-id': edgeOf(request).correlationId });
      for (const name of SENT_ON) {
        const value = request.headers[name];
        if (typeof value === 'string') headers.set(name, value);
      }
      const body = request.body instanceof Buffer ? request.body : undefined;
      const to = { url: new URL(request.url, writer.url), method: request.method, headers, body, timeoutMs };
      const answer = await waiting.hold(writer.url, body?.length ?? 0, () =>
        answerTo(to).catch((error: unknown) => {
          writers.forget(deploymentId);
          throw movesElsewhere(error);
        }),
      );
      // The sender was recognised here: a key that is new has not reached the other copy yet.
      if (answer.status === 401) throw movesElsewhere();
      for (const name of SENT_BACK) {
        const value = answer.headers.get(name);
        if (value !== null) reply.header(name, value);
      }
      return reply.code(answer.status).send(answer.body);
    });
}

type SentOn = {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Buffer | undefined;
  readonly timeoutMs: number;
};
type Answer = { readonly status: number; readonly headers: Headers; readonly body: Buffer };

/** @throws when the other copy does not answer, or not to the end: whether it stored the request is unknown then */
async function answerTo({ url, method, headers, body, timeoutMs }: SentOn): Promise<Answer> {
  const sent = body && { body: streamOf(body), duplex: 'half' as const };
  const answer = await fetch(url, { ...{ method, headers, signal: AbortSignal.timeout(timeoutMs) }, ...sent });
  return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
}

/** A body that is given as bytes is copied before it is sent; a stream is not. */
const streamOf = (body: Buffer): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(body);
      controller.close();
    },
  });

/** Bounds what waits for the answers of each other copy, so that one that hangs takes neither the memory nor the place of the rest. */
class WaitingForCopies {
  private readonly waiting = new Map<string, { requests: number; bytes: number }>();

  constructor(private readonly limits: ForwardingOptions['limits']) {}

  /**
   * Runs the work of one request that holds so many bytes until it is done. One request is taken however large it is.
   * @throws Problem 503 when too many requests or bytes wait for the copy
   */
  async hold<T>(url: string, bytes: number, work: () => Promise<T>): Promise<T> {
    const { waitingRequestsMax, waitingBytesMax } = this.limits;
    const now = this.waiting.get(url) ?? { requests: 0, bytes: 0 };
    if (now.requests >= waitingRequestsMax) throw overloaded(waitingRequestsMax, 'requests');
    if (now.requests > 0 && now.bytes + bytes > waitingBytesMax) throw overloaded(waitingBytesMax, 'bytes of records');
    this.waiting.set(url, now);
    now.requests += 1;
    now.bytes += bytes;
    try {
      return await work();
    } finally {
      now.requests -= 1;
      now.bytes -= bytes;
      if (now.requests === 0) this.waiting.delete(url);
    }
  }
}

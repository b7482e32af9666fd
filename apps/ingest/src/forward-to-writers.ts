import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { deploymentIdOf, NAME_PATTERN } from '#libs/deployments';
import { edgeOf, Problem } from '#libs/identity/http';
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

/**
 * Requests of the intake go to the copy that writes their deployment, at most one hop. Their sender was recognised before.
 * @param timeoutMs how long the other copy may take; half a minute unless said otherwise
 */
export function forwardToWriters(app: NestFastifyApplication, writers: Writers, timeoutMs = TIMEOUT_MS): void {
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
      const { method, body } = request;
      const answer = await fetch(new URL(request.url, writer.url), {
        ...{ method, headers, signal: AbortSignal.timeout(timeoutMs) },
        ...(body instanceof Buffer && { body: new Uint8Array(body) }),
      }).catch((error: unknown) => {
        writers.forget(deploymentId);
        throw movesElsewhere(error);
      });
      // The sender was recognised here: a key that is new has not reached the other copy yet.
      if (answer.status === 401) throw movesElsewhere();
      for (const name of SENT_BACK) {
        const value = answer.headers.get(name);
        if (value !== null) reply.header(name, value);
      }
      return reply.code(answer.status).send(Buffer.from(await answer.arrayBuffer()));
    });
}

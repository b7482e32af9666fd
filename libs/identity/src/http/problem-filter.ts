import { type ArgumentsHost, type ExceptionFilter, Catch, HttpException, Logger } from '@nestjs/common';
import { ClickHouseError } from '#libs/clickhouse';
import { AppendTooLarge, Timeout, Unavailable, WrongExpectedRevision } from '#libs/event-store';
import { type EdgeReply, type EdgeRequest, edgeOf, headerOf } from './edge.js';
import { PROBLEM_TYPE, Problem, problemBody } from './problem.js';

/** What HTTP statuses are called when nothing more is known. */
const CODES: Readonly<Record<number, string>> = {
  400: 'MALFORMED',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  408: 'REQUEST_TIMEOUT',
  413: 'BODY_TOO_LARGE',
  414: 'URL_TOO_LONG',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'TOO_MANY_REQUESTS',
  431: 'HEADERS_TOO_LARGE',
  503: 'UNAVAILABLE',
};

/**
 * Every error of the HTTP edge as `application/problem+json`. What nobody expected is logged and shown without its details.
 * Resolvers of GraphQL are no HTTP handlers: their errors go on to the formatter of GraphQL, which has a wire of its own.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType<string>() !== 'http') throw error;
    const http = host.switchToHttp();
    const request = http.getRequest<EdgeRequest>();
    const problem = problemOf(error, request);
    if (problem.status >= 500) this.logger.error(error instanceof Error ? error : String(error), { requestId: edgeOf(request).requestId });
    sendProblem(request, http.getResponse<EdgeReply>(), problem);
  }
}

export const sendProblem = (request: EdgeRequest, reply: EdgeReply, problem: Problem): void => {
  const { requestId } = edgeOf(request);
  for (const [name, value] of Object.entries(problem.headers)) reply.header(name, value);
  // Not every client reads a problem before it reuses what it was told: an error is never kept.
  reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(problemBody(problem, requestId)));
};

/** Any error as the problem that may be shown for it. */
export const problemOf = (error: unknown, request: EdgeRequest): Problem => {
  if (error instanceof Problem) return error;
  if (error instanceof Unavailable || error instanceof Timeout) {
    const written = error.outcome === 'unknown' ? 'it may have been recorded: send it again with the same key' : 'nothing was recorded';
    return new Problem(
      { status: 503, code: 'UNAVAILABLE', detail: `the event log does not answer; ${written}`, headers: RETRY },
      causedBy(error),
    );
  }
  if (error instanceof ClickHouseError && error.transient)
    return new Problem(
      { status: 503, code: 'UNAVAILABLE', detail: 'the read model does not answer: try again', headers: RETRY },
      causedBy(error),
    );
  if (error instanceof WrongExpectedRevision)
    return new Problem({ status: 409, code: 'CONFLICT', detail: 'somebody else changed this in the meantime' }, causedBy(error));
  if (error instanceof AppendTooLarge)
    return new Problem(
      { status: 413, code: 'APPEND_TOO_LARGE', detail: 'too much for one append, in bytes', limit: error.limit },
      causedBy(error),
    );
  const limit = request.routeOptions.bodyLimit;
  if (error instanceof Error && 'code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE' && limit !== undefined)
    return new Problem({ status: 413, code: 'BODY_TOO_LARGE', detail: `the body has more than ${limit} bytes`, field: 'body', limit });
  const status = statusOf(error);
  if (status === undefined || status >= 500)
    return new Problem(
      { status: 500, code: 'INTERNAL', detail: 'this is a fault of the server; its log has more under the request id' },
      causedBy(error),
    );
  return new Problem({ status, code: CODES[status] ?? 'REFUSED', detail: detailOf(status, error, request) }, causedBy(error));
};

const RETRY = { 'retry-after': '1' };

const causedBy = (cause: unknown): ErrorOptions => ({ cause });

/** Nest's and Fastify's own errors say their status; other errors that happen to have one are not for callers. */
const statusOf = (error: unknown): number | undefined => {
  if (error instanceof HttpException) return error.getStatus();
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return undefined;
  const fastify = 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_');
  return fastify || error instanceof SyntaxError ? error.statusCode : undefined;
};

const detailOf = (status: number, error: unknown, request: EdgeRequest): string => {
  switch (status) {
    case 404:
      return 'there is nothing at this path';
    case 413:
      return 'the body is larger than this route takes';
    case 415:
      return `this route does not take ${headerOf(request.headers, 'content-type') === undefined ? 'a body without a content-type' : 'this content-type'}`;
    default:
      return error instanceof Error ? error.message.slice(0, 300) : 'the request cannot be answered';
  }
};

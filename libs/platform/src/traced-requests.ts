import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenSpan, type SpanValues, type Tracing } from '#libs/observability';

type Fastify = ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance'] extends () => infer T ? T : never;

/** Asked every few seconds, by machines. */
const PROBES: ReadonlySet<string> = new Set(['/health', '/ready', '/version', '/metrics']);

/**
 * Makes a span of each request, by the pattern of its route, and puts it where the caller's trace was: whatever is behind, such as the
 * metadata of events, the log and other copies, names this span as its cause. Called before the server has any other hook.
 *
 * @param tracing asked once there are requests
 */
export const traceRequests = (server: Fastify, tracing: () => Tracing): void => {
  const spans = new WeakMap<object, OpenSpan>();
  /** Each once: a request that was aborted may be answered all the same. */
  const end = (request: object, values: SpanValues, errorType?: string): void => {
    spans.get(request)?.end(values, errorType);
    spans.delete(request);
  };
  server.addHook('onRequest', (request, _reply, done) => {
    const { method, headers, routeOptions, is404 } = request;
    const route = routeOptions.url;
    if (!is404 && route !== undefined && !PROBES.has(route)) {
      const values = { 'http.request.method': method, 'http.route': route };
      const causes = [headers['traceparent']].flat();
      const span = tracing().begin(`${method} ${route}`, { kind: 'server', values, causes });
      headers['traceparent'] = span.traceparent;
      spans.set(request, span);
    }
    done();
  });
  server.addHook('onResponse', (request, { statusCode }, done) => {
    end(request, { 'http.response.status_code': statusCode }, statusCode >= 500 ? String(statusCode) : undefined);
    done();
  });
  server.addHook('onRequestAbort', (request, done) => {
    end(request, {}, 'aborted');
    done();
  });
};

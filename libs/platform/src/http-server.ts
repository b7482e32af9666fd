import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type DynamicModule } from '@nestjs/common';
import { serverOptions, type Configuration } from '#libs/configuration';
import { Problem } from '#libs/identity/http';
import { JsonLogger, Tracing } from '#libs/observability';
import { endConnectionsWhenClosing } from './drained-connections.js';
import { hearOutWhatIsTooLarge } from './heard-out.js';
import { traceRequests } from './traced-requests.js';

export type HttpServerOptions = {
  readonly configuration: Configuration;
  /** Patterns of routes that get their bodies as bytes, whatever their type; every other one takes JSON only. */
  readonly rawRoutes: readonly string[];
};

/** Makes the HTTP server of a program, before anything in it runs: `init` starts it, `listen` opens it to callers. */
export async function makeHttpServer(program: DynamicModule, options: HttpServerOptions): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter(serverOptions(options.configuration));
  // Before Nest and whatever it makes: the first hook is the first that sees a request.
  if (options.configuration.traces) traceRequests(adapter.getInstance(), () => app.get(Tracing));
  const app: NestFastifyApplication = await NestFactory.create<NestFastifyApplication>(program, adapter, {
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(JsonLogger));
  takeRawBodies(app, options.rawRoutes);
  hearOutWhatIsTooLarge(app);
  endConnectionsWhenClosing(app);
  return app;
}

function takeRawBodies(app: NestFastifyApplication, routes: readonly string[]): void {
  const fastify = app.getHttpAdapter().getInstance();
  const json = fastify.getDefaultJsonParser('error', 'error');
  const isRaw = (url: string | undefined): boolean => url !== undefined && routes.includes(url);
  fastify.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (isRaw(request.routeOptions.url)) done(null, body);
    else void json(request, body.toString('utf8'), done);
  });
  // The server would take text for a body.
  fastify.removeContentTypeParser('text/plain');
  fastify.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (request, body, done) => {
    if (isRaw(request.routeOptions.url)) done(null, body);
    else done(new Problem({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', detail: 'content-type is application/json' }));
  });
}

import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { serverOptions, type Configuration } from '#libs/configuration';
import { CommandRunner } from '#libs/event-store';
import { Directory, ensureAdminKey, SignInLinks } from '#libs/identity';
import { Clock } from '#libs/kernel';
import { JsonLogger } from '#libs/observability';
import { DataDirectory } from '#libs/platform';
import { Problem } from '#libs/identity/http';
import { INTAKE_ROUTES } from '#libs/predictions/http';
import { StandaloneModule } from './standalone.module.js';

export type Standalone = {
  readonly url: string;
  /** Path and token that sign the first admin in, once. */
  readonly signInLink: string;
  readonly keyFile: string;
  stop(): Promise<void>;
};

/** Starts everything and answers once it is ready to be asked. */
export async function startStandalone(configuration: Configuration, version: string): Promise<Standalone> {
  const adapter = new FastifyAdapter(serverOptions(configuration));
  const app = await NestFactory.create<NestFastifyApplication>(StandaloneModule.forRoot(configuration, version), adapter, {
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(JsonLogger));
  app.enableShutdownHooks();
  takeRawBodies(app);
  await app.init();
  const admin = await ensureAdminKey({
    file: app.get(DataDirectory).adminKey,
    directory: app.get(Directory),
    runner: app.get(CommandRunner),
    clock: app.get(Clock),
  });
  await app.listen(configuration.port, configuration.host);
  const url = await app.getUrl();
  return { url, signInLink: `${url}${app.get(SignInLinks).issue(admin.principalId)}`, keyFile: admin.file, stop: () => app.close() };
}

/** Intake gets its bodies as bytes, whatever their type; everything else takes JSON only. */
function takeRawBodies(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const json = fastify.getDefaultJsonParser('error', 'error');
  const isIntake = (url: string | undefined): boolean => url !== undefined && INTAKE_ROUTES.includes(url);
  fastify.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (isIntake(request.routeOptions.url)) done(null, body);
    else void json(request, body.toString('utf8'), done);
  });
  // The server would take text for a body.
  fastify.removeContentTypeParser('text/plain');
  fastify.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (request, body, done) => {
    if (isIntake(request.routeOptions.url)) done(null, body);
    else done(new Problem({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', detail: 'content-type is application/json' }));
  });
}

import { Inject, Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Problem, problemOf, sendProblem } from '#libs/identity/http';
import { IntakeController } from './intake.controller.js';
import { INTAKE_ROUTES } from './intake-routes.js';

type RouteOptions = Parameters<Fastify['route']>[0];
type Fastify = ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']>;

type ServerError = Parameters<NonNullable<RouteOptions['errorHandler']>>[0];
type ServerRequest = Parameters<NonNullable<RouteOptions['errorHandler']>>[1];

/** What the server refused before any controller, as a problem that names the limit. */
const problemOfServer = (error: ServerError, request: ServerRequest): Problem => {
  const limit = request.routeOptions.bodyLimit;
  return 'code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE'
    ? new Problem({ status: 413, code: 'BODY_TOO_LARGE', detail: `the body has more than ${limit} bytes`, field: 'body', limit })
    : problemOf(error, request);
};

/** The HTTP edge of intake. The process provides `Intake`. */
@Module({ controllers: [IntakeController] })
export class PredictionsHttpModule {
  constructor(@Inject(HttpAdapterHost) host: HttpAdapterHost) {
    // The server itself refuses bodies that are too large or of no readable type, before any controller: those are problems as well.
    const adapter: HttpAdapterHost['httpAdapter'] | undefined = host.httpAdapter;
    adapter?.getInstance<Fastify>().addHook('onRoute', (route) => {
      if (INTAKE_ROUTES.includes(route.url))
        route.errorHandler = (error, request, reply) => sendProblem(request, reply, problemOfServer(error, request));
    });
  }
}

import { type DynamicModule, Inject, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { IdentityEdgeModule } from './edge.module.js';
import { AccessGuard, ForeignRoutes } from './http/access-guard.js';
import { PrincipalsController } from './http/principals.controller.js';
import { BuildVersion, ProbesController } from './http/probes.controller.js';
import { ProblemFilter } from './http/problem-filter.js';
import { RequestTimes } from './http/request-times.js';
import { type RouteAccess } from './http/route-access.js';
import { SignInController } from './http/sign-in.controller.js';

/** `foreignRoutes`: access of routes that are not Nest controllers, by path, such as `{'/graphql': RouteAccess.open()}`. */
export type IdentityHttpOptions = {
  readonly name: string;
  readonly version: string;
  readonly foreignRoutes?: Readonly<Record<string, RouteAccess>>;
};

/**
 * The guarded HTTP edge of a process: access below every route, problems for every error, keys, sign-in, probes.
 * The process provides `Metrics`, `Readiness` and `CorrelationContext` as well. Runs on Fastify.
 */
@Module({})
export class IdentityHttpModule {
  constructor(
    @Inject(AccessGuard) guard: AccessGuard,
    @Inject(ForeignRoutes) foreign: ForeignRoutes,
    @Inject(RequestTimes) times: RequestTimes,
  ) {
    times.install();
    // Modules are made before any route is registered, so no route can come before the guard.
    guard.install(foreign);
  }

  static forRoot({ name, version, foreignRoutes }: IdentityHttpOptions): DynamicModule {
    return {
      module: IdentityHttpModule,
      imports: [CqrsModule, IdentityEdgeModule],
      controllers: [PrincipalsController, SignInController, ProbesController],
      providers: [
        { provide: ForeignRoutes, useValue: new ForeignRoutes(foreignRoutes) },
        { provide: BuildVersion, useValue: new BuildVersion(name, version) },
        RequestTimes,
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
      exports: [IdentityEdgeModule],
    };
  }
}

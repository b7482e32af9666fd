import { Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { CorrelationContext } from '#libs/observability';
import { AccessLog } from '../access-log.js';
import { type Authentication, type Recognised, Authenticator } from '../authenticator.js';
import { Directory } from '../directory.js';
import { type Action, isPermitted, rolesFor } from '../permissions.js';
import { byAuthorization, isFromOwnPage, isOwnOrigin, presentedBy } from './credentials.js';
import { type EdgeReply, type EdgeRequest, edgeOf, headerOf, routeOf } from './edge.js';
import { type MetaAbout, metaOf, traceparentOf } from './command-meta.js';
import { Problem } from './problem.js';
import { problemOf, sendProblem } from './problem-filter.js';
import { RouteAccess } from './route-access.js';

/** What routes ask that are not written as Nest controllers, by path, such as those a plugin adds. */
export class ForeignRoutes {
  constructor(readonly byPath: Readonly<Record<string, RouteAccess>> = {}) {}
}

type Fastify = ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance'] extends () => infer T ? T : never;

/**
 * Deny by default, below the framework: a hook of the server itself, so that routes of plugins are covered as well and nobody's body
 * is read before its sender is known. A route that says nothing about access keeps the process from starting.
 */
@Injectable()
export class AccessGuard {
  private readonly logger = new Logger(AccessGuard.name);

  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly authenticator: Authenticator,
    private readonly directory: Directory,
    private readonly log: AccessLog,
    private readonly correlation: CorrelationContext,
  ) {}

  /** Takes hold of the server as soon as there is one, before any route is registered. */
  install(foreign: ForeignRoutes): void {
    // A test makes its modules first and the server afterwards. The declared type does not say that there may be none yet.
    const adapter: HttpAdapterHost['httpAdapter'] | undefined = this.adapter.httpAdapter;
    if (adapter) this.hook(adapter.getInstance<Fastify>(), foreign);
    else this.adapter.init$.subscribe(() => this.hook(this.adapter.httpAdapter.getInstance<Fastify>(), foreign));
  }

  /** Recognises the sender of a request, by header or cookie, and counts those it cannot recognise. */
  recognise(request: EdgeRequest): Recognised | Problem {
    const presented = presentedBy(request.headers);
    if (!isFromOwnPage(request, presented.ambient)) return this.crossSite();
    return this.answer(this.authenticate(() => this.authenticator.authenticate(presented.credentials)));
  }

  /**
   * Recognises the sender of a WebSocket: by `authorization` in the payload of `connection_init`, or by the headers of the upgrade.
   * A browser sends cookies along from any page, so a cookie counts only with our own Origin.
   */
  authenticateUpgrade(request: EdgeRequest, connectionParams: unknown): Recognised | Problem {
    const given = authorizationIn(connectionParams);
    const presented = given === undefined ? presentedBy(request.headers) : byAuthorization(given);
    const origin = headerOf(request.headers, 'origin');
    if (presented.ambient !== 'no' && (origin === undefined ? presented.ambient === 'cookie' : !isOwnOrigin(request, origin)))
      return this.crossSite();
    return this.answer(this.authenticate(() => this.authenticator.authenticate(presented.credentials)));
  }

  /** Undefined when the roles permit the action; else the problem, after it was recorded. */
  async permit(request: EdgeRequest, recognised: Recognised, action: Action, about: MetaAbout = {}): Promise<Problem | undefined> {
    const { principalId, roles } = recognised.principal;
    if (isPermitted(roles, action)) return undefined;
    const { route = routeOf(request) } = about;
    try {
      await this.log.denied({ principalId, action, heldRoles: roles, route, meta: metaOf(request, recognised, about) });
    } catch (error) {
      if (error instanceof Problem) return error;
      this.logger.error(error instanceof Error ? error : String(error), { action, route });
    }
    return new Problem({ status: 403, code: 'FORBIDDEN', detail: `${action} takes one of the roles ${rolesFor(action).join(', ')}` });
  }

  private hook(server: Fastify, foreign: ForeignRoutes): void {
    server.decorateRequest('edge', null);
    server.decorateRequest('principal', null);
    server.addHook('onRoute', (route) => {
      const access = RouteAccess.in(route.config) ?? foreign.byPath[route.url];
      if (!access) throw new Error(`${String(route.method)} ${route.url} declares neither @Open() nor @Requires(action)`);
      route.config = { ...route.config, access };
      // The server itself refuses bodies that are too large or of no readable type, before any controller: those are problems as well.
      if (!(route.url in foreign.byPath))
        route.errorHandler ??= (error, request, reply) => sendProblem(request, reply, problemOf(error, request));
    });
    server.addHook('onRequest', (request, reply, done) => this.onRequest(request, reply, done));
  }

  private onRequest(request: EdgeRequest, reply: EdgeReply, done: () => void): void {
    const { requestId, correlationId } = edgeOf(request);
    reply.header('x-request-id', requestId).header('x-correlation-id', correlationId).header('x-content-type-options', 'nosniff');
    const traceId = traceparentOf(request)?.slice(3, 35);
    this.correlation.run({ requestId, correlationId, ...(traceId === undefined ? {} : { traceId }) }, () => {
      // Nothing is at this path: the answer is 404 for everybody, which is no secret since the project is public.
      if (request.is404) return done();
      const access = RouteAccess.in(request.routeOptions.config);
      if (access?.action === 'open' || (access?.admitsUpgrades && isUpgrade(request))) return done();
      const recognised = this.recognise(request);
      if (recognised instanceof Problem) return sendProblem(request, reply, recognised);
      if (access && isPermitted(recognised.principal.roles, access.action)) {
        attach(request, recognised);
        return done();
      }
      // Without a declaration nobody is let in, whatever their roles.
      void this.permit(request, recognised, access?.action ?? 'keys.write').then((problem) =>
        sendProblem(request, reply, problem ?? new Problem({ status: 403, code: 'FORBIDDEN', detail: 'this route is closed' })),
      );
    });
  }

  private authenticate(by: () => Authentication): Authentication | Problem {
    if (!this.directory.failure) return by();
    const headers = { 'retry-after': '10' };
    return new Problem({ status: 503, code: 'UNAVAILABLE', detail: 'who may do what cannot be read at the moment', headers });
  }

  private answer(authentication: Authentication | Problem): Recognised | Problem {
    if (authentication instanceof Problem || authentication.kind === 'recognised') return authentication;
    this.log.unrecognised(authentication.reason);
    const detail =
      authentication.reason === 'MISSING' ? 'this needs a key: Authorization: Bearer dl_…' : 'the key or session does not hold';
    return new Problem({ status: 401, code: 'UNAUTHENTICATED', detail, headers: { 'www-authenticate': 'Bearer realm="driftledger"' } });
  }

  private crossSite(): Problem {
    this.log.unrecognised('CROSS_SITE');
    return new Problem({ status: 403, code: 'CROSS_SITE', detail: 'a browser session only acts for its own pages' });
  }
}

const attach = (request: EdgeRequest, recognised: Recognised): void => {
  edgeOf(request).recognised = recognised;
  request.principal = recognised.principal;
};

/** A handshake as RFC 6455 asks for it; a plain GET that merely names `upgrade` is none and must be recognised like any other. */
const isUpgrade = ({ method, headers }: EdgeRequest): boolean =>
  method === 'GET' &&
  headerOf(headers, 'upgrade')?.toLowerCase() === 'websocket' &&
  /\bupgrade\b/i.test(headerOf(headers, 'connection') ?? '') &&
  headerOf(headers, 'sec-websocket-key') !== undefined;

const authorizationIn = (params: unknown): string | undefined => {
  if (typeof params !== 'object' || params === null) return undefined;
  const entry = Object.entries(params).find(([name]) => name.toLowerCase() === 'authorization');
  return typeof entry?.[1] === 'string' ? entry[1] : undefined;
};

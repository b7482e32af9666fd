import { type IncomingMessage } from 'node:http';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { type EdgeRequest, type GraphqlAccess, type Viewer } from './access.js';
import { type AskingRequest, checkAsked } from './asked-document.js';
import { type GraphqlContext } from './context.js';
import { EdgeError, type EdgeErrorCode } from './errors.js';
import { type ReportBug, formatErrors } from './error-formatter.js';
import { type FieldActions } from './field-actions.js';
import { guardFields } from './guard-fields.js';
import { type GraphqlLimits, assertAffordable, assertSubscribable, depthRule } from './limits.js';
import { type ReadProgress, readAfter } from './read-after.js';
import { scalarResolvers } from './scalars.js';
import { SocketGuards } from './guarded-socket.js';
import { SOCKET_PROTOCOL, SocketAdmission } from './socket-admission.js';
import { answerViewerCan } from './viewer-can.js';

/** What the options of the server are made from. */
export type Edge = {
  readonly access: GraphqlAccess;
  readonly fields: Pick<FieldActions, 'collect' | 'sensitive'>;
  readonly progress?: ReadProgress | undefined;
  readonly report: ReportBug;
  readonly limits: GraphqlLimits;
  readonly typePaths: string[];
  readonly typeDefs?: string;
  readonly initTimeoutMs?: number;
};

type RouteOptions = NonNullable<MercuriusDriverConfig['additionalRouteOptions']>;

const codeOf = (status: number): EdgeErrorCode => {
  if (status === 403) return 'FORBIDDEN';
  return status === 503 ? 'UNAVAILABLE' : 'UNAUTHENTICATED';
};

/** Set by the server when it upgrades the connection; the header alone is only what a caller says. */
const isUpgraded = (request: object): boolean => 'ws' in request && request.ws === true;

/** Who was admitted, by request. The body is not read before. */
const admissionOf = ({ access, limits, progress }: Edge, sockets: SocketAdmission) => {
  const guards = new SocketGuards({ tokensMax: limits.tokensMax, bytesMax: limits.bodyBytesMax });
  const viewers = new WeakMap<object, Viewer>();
  const route: RouteOptions = {
    preParsing: async (request: EdgeRequest) => {
      if (isUpgraded(request)) return;
      const admission = await access.admit(request);
      if (admission.kind === 'refused') throw new EdgeError(codeOf(admission.status), admission.detail, admission.status);
      viewers.set(request, admission.viewer);
    },
    preValidation: async (request: AskingRequest & Pick<EdgeRequest, 'headers'>, reply) => {
      checkAsked(request, limits.tokensMax);
      await readAfter(request.headers['x-read-after'], reply, progress);
    },
    onSend: async (_request, reply) => {
      if (reply.statusCode === 503) void reply.header('retry-after', '1');
    },
    preHandler: (request, _reply, done) => {
      if (isUpgraded(request)) guards.guard(request.server);
      sockets.enter(request, done);
    },
  };
  const contextOf = (request: object): GraphqlContext => {
    const viewer = viewers.get(request);
    return viewer ? { viewer } : {};
  };
  return { route, contextOf };
};

const subscriptionOf = (sockets: SocketAdmission): NonNullable<MercuriusDriverConfig['subscription']> => ({
  verifyClient: ({ req }: { req: IncomingMessage }, next: Parameters<SocketAdmission['verify']>[1]) => sockets.verify(req, next),
  context: (socket: Parameters<SocketAdmission['attach']>[0]) => sockets.attach(socket),
  onConnect: ({ payload }: { payload?: unknown }) => sockets.admit(payload),
  keepAlive: 30_000,
  fullWsTransport: false,
  wsDefaultSubprotocol: SOCKET_PROTOCOL,
});

const hooksOf = (limits: GraphqlLimits): NonNullable<MercuriusDriverConfig['hooks']> => ({
  preExecution: (schema, document, _context, variables) => {
    assertAffordable({ schema, document, ...(variables ? { variables } : {}) }, limits.costMax);
  },
  preSubscriptionExecution: (schema, document) => assertSubscribable(schema, document, limits),
});

/** Options of Mercurius for an edge that admits before it parses, guards every field, masks errors and bounds what may be asked. */
export const serverOptions = (edge: Edge): MercuriusDriverConfig => {
  const { access, limits, report } = edge;
  const sockets = new SocketAdmission(access, edge.initTimeoutMs);
  const { route, contextOf } = admissionOf(edge, sockets);
  return {
    driver: MercuriusDriver,
    path: '/graphql',
    typePaths: edge.typePaths,
    ...(edge.typeDefs === undefined ? {} : { typeDefs: edge.typeDefs }),
    resolvers: { ...scalarResolvers },
    transformSchema: (schema) => {
      const actions = edge.fields.collect();
      return answerViewerCan(guardFields(schema, { actions, sensitive: edge.fields.sensitive(), access, report }), actions, access);
    },
    jit: 1,
    // Up to twice as many are kept, and as many of those that were not valid: a document of 2,000 tokens takes half a megabyte.
    cache: 64,
    graphiql: false,
    allowBatchedQueries: false,
    validationRules: [depthRule(limits.depthMax)],
    graphql: { parseOptions: { maxTokens: limits.tokensMax }, validateOptions: { maxErrors: 10 } },
    errorFormatter: formatErrors(report),
    context: contextOf,
    csrfPrevention: { requiredHeaders: ['x-mercurius-operation-name', 'mercurius-require-preflight', 'sec-websocket-key'] },
    additionalRouteOptions: { ...route, bodyLimit: limits.bodyBytesMax },
    subscription: subscriptionOf(sockets),
    hooks: hooksOf(limits),
  };
};

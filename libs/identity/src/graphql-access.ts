import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Admission, type EdgeRequest as GraphqlRequest, type Viewer, EdgeError, GraphqlAccess } from '#libs/graphql-kit';
import { type CommandMeta } from '#libs/kernel';
import { AccessLog } from './access-log.js';
import { type Recognised, Authenticator } from './authenticator.js';
import { AccessGuard } from './http/access-guard.js';
import { type MetaAbout, metaOf } from './http/command-meta.js';
import { type EdgeRequest } from './http/edge.js';
import { Problem } from './http/problem.js';
import { type Action, PERMISSIONS, isPermitted } from './permissions.js';

type Known = { readonly recognised: Recognised; readonly request: EdgeRequest };

/**
 * Who may ask what, for the GraphQL edge: the same keys, sessions, roles and records as everywhere else. Roles are read anew for each
 * question, since a socket may be open for days.
 */
@Injectable()
export class IdentityGraphqlAccess extends GraphqlAccess {
  private readonly known = new WeakMap<Viewer, Known>();

  constructor(
    private readonly guard: AccessGuard,
    private readonly authenticator: Authenticator,
    private readonly log: AccessLog,
  ) {
    super();
  }

  async admit(request: GraphqlRequest): Promise<Admission> {
    const edge = edgeRequest(request);
    return this.admission(edge, edge.edge?.recognised ?? this.guard.recognise(edge));
  }

  async admitConnection(request: GraphqlRequest, params: Readonly<Record<string, unknown>>): Promise<Admission> {
    const edge = edgeRequest(request);
    return this.admission(edge, this.guard.authenticateUpgrade(edge, params));
  }

  isCurrent(viewer: Viewer): boolean {
    const known = this.known.get(viewer);
    return known !== undefined && this.authenticator.stillHolds(known.recognised) !== undefined;
  }

  knows(action: string): boolean {
    return isAction(action);
  }

  permits(viewer: Viewer, action: string): boolean {
    const known = this.known.get(viewer);
    const principal = known && this.authenticator.stillHolds(known.recognised);
    return principal !== undefined && isAction(action) && isPermitted(principal.roles, action);
  }

  async recordDenied(viewer: Viewer, action: string, field: string): Promise<void> {
    const known = this.known.get(viewer);
    if (!known || !isAction(action)) return;
    const principal = this.authenticator.stillHolds(known.recognised);
    const about = { surface: 'graphql', route: routeOf(field) } as const;
    if (principal) await this.guard.permit(known.request, { ...known.recognised, principal }, action, about);
  }

  recordRead(viewer: Viewer, field: string, args: object): void {
    const { principalId } = viewer;
    const argumentsSha256 = hash('sha256', canonicalText(args), 'hex');
    this.log.read({ principalId, operation: routeOf(field), argumentsSha256, meta: viewer.commandMeta({ field }) });
  }

  private admission(request: EdgeRequest, recognised: Recognised | Problem): Admission {
    if (recognised instanceof Problem) {
      const { status, code, detail } = recognised;
      return { kind: 'refused', status, code, detail };
    }
    const viewer: Viewer = {
      principalId: recognised.principal.principalId,
      commandMeta: ({ field, ...about } = {}) => metaFor(request, recognised, { ...about, surface: 'graphql', route: routeOf(field) }),
    };
    this.known.set(viewer, { recognised, request });
    return { kind: 'admitted', viewer };
  }
}

/** A problem of HTTP would reach the caller of a field as a fault of the server. */
const metaFor = (request: EdgeRequest, recognised: Recognised, about: MetaAbout): CommandMeta => {
  try {
    return metaOf(request, recognised, about);
  } catch (error) {
    if (error instanceof Problem && error.status === 400) throw new EdgeError('BAD_USER_INPUT', error.detail, 400, { cause: error });
    throw error;
  }
};

/** Fields come from the schema, so that nothing a caller writes gets here. */
const routeOf = (field: string | undefined): string => (field === undefined ? 'GRAPHQL' : `GRAPHQL ${field}`);

/** Equal arguments are equal texts, in whatever order they were given. */
const canonicalText = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) => {
    if (typeof one === 'bigint') return one.toString();
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return one;
    return Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)));
  });

const isAction = (action: string): action is Action => Object.hasOwn(PERMISSIONS, action);

/** The edge sees the same request object as the guard; the GraphQL kit only names fewer of its fields. */
const edgeRequest = (request: GraphqlRequest): EdgeRequest => {
  if (!isEdgeRequest(request)) throw new TypeError('edgeRequest requires the request of the server the guard is installed on');
  return request;
};

const isEdgeRequest = (request: object): request is EdgeRequest =>
  'host' in request && 'protocol' in request && 'routeOptions' in request && 'headers' in request;

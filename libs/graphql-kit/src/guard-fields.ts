import { type GraphQLField, type GraphQLFieldResolver, type GraphQLSchema, defaultFieldResolver, isObjectType } from 'graphql';
import { type GraphqlAccess, type Viewer } from './access.js';
import { type GraphqlContext, viewerOf } from './context.js';
import { EdgeError } from './errors.js';
import { type ReportBug } from './error-formatter.js';
import { connectionOf, liveIterator } from './live-iterator.js';

type Resolver = GraphQLFieldResolver<unknown, GraphqlContext, object>;
type Guard = (context: GraphqlContext, args: object) => Promise<Viewer>;

/** What the fields of a schema are guarded by: `Type.field` to action, and those whose reads are recorded. */
export type Guarding = {
  readonly actions: ReadonlyMap<string, string>;
  readonly sensitive: ReadonlySet<string>;
  readonly access: GraphqlAccess;
  readonly report: ReportBug;
};

/** Why a schema may not be served: its fields and what each lacks. */
export class UnguardedSchema extends Error {
  override readonly name = 'UnguardedSchema';
  constructor(readonly problems: readonly string[]) {
    super(`the GraphQL schema may not be served:\n- ${problems.join('\n- ')}`);
  }
}

const guardOf =
  ({ access, sensitive }: Guarding, action: string, field: string): Guard =>
  async (context, args) => {
    const viewer = viewerOf(context);
    if (access.permits(viewer, action)) {
      if (sensitive.has(field)) access.recordRead(viewer, field, args);
      return viewer;
    }
    await access.recordDenied(viewer, action, field);
    throw new EdgeError('FORBIDDEN', `${field} needs the permission ${action}`, 403);
  };

const guardedResolve =
  (guard: Guard, resolve: Resolver, contextFor: (context: GraphqlContext, viewer: Viewer) => GraphqlContext): Resolver =>
  async (parent, args, context, info) => {
    const viewer = await guard(context, args);
    const result: unknown = await resolve(parent, args, contextFor(context, viewer), info);
    return result;
  };

const asItIs = (context: GraphqlContext): GraphqlContext => context;

/** Commands say by which field they came. */
const commandedBy =
  (field: string) =>
  (context: GraphqlContext, viewer: Viewer): GraphqlContext => ({
    ...context,
    viewer: { principalId: viewer.principalId, commandMeta: (about) => viewer.commandMeta({ ...about, field }) },
  });

/** Over HTTP a subscription is executed like a query, with nothing to show. */
const onSocketOnly =
  (resolve: Resolver): Resolver =>
  (parent, args, context, info) => {
    connectionOf(context);
    return resolve(parent, args, context, info);
  };

const rootTypesOf = (schema: GraphQLSchema): ReadonlySet<string> =>
  new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) => (type ? [type.name] : [])));

type Fields = { readonly name: string; readonly field: GraphQLField<unknown, GraphqlContext> }[];

const fieldsOf = (schema: GraphQLSchema): Fields =>
  Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !type.name.startsWith('__'))
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, field })));

const problemsOf = (schema: GraphQLSchema, actions: ReadonlyMap<string, string>, access: GraphqlAccess): readonly string[] => {
  const roots = rootTypesOf(schema);
  const fields = fieldsOf(schema);
  const names = new Set(fields.map(({ name }) => name));
  const open = fields.flatMap(({ name, field }) => {
    if (!roots.has(name.split('.')[0] ?? '')) return [];
    if (!actions.has(name)) return [`${name} declares no action (@Requires)`];
    return field.resolve || field.subscribe ? [] : [`${name} has no resolver`];
  });
  const unknown = [...actions]
    .filter(([, action]) => !access.knows(action))
    .map(([name, action]) => `${name} requires an unknown action ${action}`);
  const strays = [...actions.keys()].filter((name) => !names.has(name)).map((name) => `${name} has a resolver but is not in the schema`);
  return [...open, ...unknown, ...strays];
};

/**
 * Puts the declared permission before every guarded field, in the schema itself, so that no way of executing it goes around.
 *
 * @throws UnguardedSchema when a root field has no resolver or no known action, or a guarded field is not in the schema
 */
export const guardFields = (schema: GraphQLSchema, guarding: Guarding): GraphQLSchema => {
  const { actions, access, report } = guarding;
  const problems = problemsOf(schema, actions, access);
  if (problems.length > 0) throw new UnguardedSchema(problems);
  for (const { name, field } of fieldsOf(schema)) {
    const action = actions.get(name);
    if (action === undefined) continue;
    const guard = guardOf(guarding, action, name);
    const { subscribe } = field;
    if (subscribe) {
      field.subscribe = liveIterator({ access, guard, report, subscribe });
      field.resolve = onSocketOnly(field.resolve ?? defaultFieldResolver);
    } else {
      const isCommand = name.startsWith(`${schema.getMutationType()?.name}.`);
      field.resolve = guardedResolve(guard, field.resolve ?? defaultFieldResolver, isCommand ? commandedBy(name) : asItIs);
    }
  }
  return schema;
};

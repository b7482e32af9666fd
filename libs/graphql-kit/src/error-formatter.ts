import { type ExecutionResult, type FormattedExecutionResult, GraphQLError } from 'graphql';
import { ClickHouseError } from '#libs/clickhouse';
import { Timeout, Unavailable } from '#libs/event-store';
import { EdgeError } from './errors.js';

/** Told about every error whose message was withheld from the caller. */
export type ReportBug = (error: unknown) => void;

type Masked = { readonly error: GraphQLError; readonly statusCode: number };

/** Fastify and Mercurius name their own errors with these prefixes and give a status; below 500 they speak about the request only. */
const isRequestError = (error: unknown): error is Error & { code: string; statusCode: number } =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  /^(MER_|FST_)/.test(error.code) &&
  'statusCode' in error &&
  typeof error.statusCode === 'number' &&
  error.statusCode < 500;

const rootOf = (error: unknown): unknown => {
  let root = error;
  while (!(root instanceof EdgeError) && root instanceof GraphQLError && root.originalError) root = root.originalError;
  return root;
};

const at = (error: unknown): { path?: readonly (string | number)[] } =>
  error instanceof GraphQLError && error.path ? { path: error.path } : {};

const edge = (cause: EdgeError, error: unknown): Masked => ({
  error: new GraphQLError(cause.message, { ...at(error), extensions: { code: cause.code } }),
  statusCode: cause.statusCode,
});

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'malformed request');

/**
 * What the caller may see of an error: those made for it as they are, statements about its own request as MALFORMED, an engine that is
 * away as UNAVAILABLE, and everything else, reported, as INTERNAL.
 */
export const maskError = (error: unknown, report: ReportBug): Masked => {
  const root = rootOf(error);
  if (root instanceof EdgeError) return edge(root, error);
  if (root instanceof Unavailable || root instanceof Timeout)
    return edge(new EdgeError('UNAVAILABLE', 'the event log does not answer, try again', 503), error);
  if (root instanceof ClickHouseError && root.transient)
    return edge(new EdgeError('UNAVAILABLE', 'the read model does not answer, try again', 503), error);
  const executed = error instanceof GraphQLError && error.path !== undefined;
  if (isRequestError(root)) return malformed(error, root.statusCode);
  if (!executed && root instanceof GraphQLError) return malformed(error, 400);
  report(root);
  return edge(new EdgeError('INTERNAL', 'internal error', 500), error);
};

const malformed = (error: unknown, statusCode: number): Masked => {
  const extensions = { code: 'MALFORMED' };
  const place =
    error instanceof GraphQLError ? { nodes: error.nodes ?? null, source: error.source ?? null, positions: error.positions ?? null } : {};
  return { error: new GraphQLError(messageOf(error), { extensions, ...place }), statusCode };
};

/**
 * Mercurius wraps validation errors in one error that carries them. Carried errors that are none of GraphQL only repeat in words what
 * the wrapper says with its status.
 */
const unfold = (error: unknown): readonly unknown[] => {
  const wrapper = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  const carried: readonly unknown[] =
    wrapper instanceof Error && 'errors' in wrapper && Array.isArray(wrapper.errors) ? (wrapper.errors satisfies unknown[]) : [];
  const known = carried.filter((one) => one instanceof GraphQLError || !isRequestError(wrapper));
  return known.length > 0 ? known : [error];
};

type Execution = Pick<ExecutionResult, 'data'> & { readonly errors: readonly unknown[] };

/** The `errorFormatter` of Mercurius. Partial data goes out with status 200; without data the first error gives the status. */
export const formatErrors =
  (report: ReportBug) =>
  (execution: Execution): { statusCode: number; response: FormattedExecutionResult } => {
    const masked = execution.errors.flatMap(unfold).map((error) => maskError(error, report));
    const data = execution.data ?? null;
    return {
      statusCode: data === null ? (masked[0]?.statusCode ?? 500) : 200,
      response: { data, errors: masked.map(({ error }) => error.toJSON()) },
    };
  };

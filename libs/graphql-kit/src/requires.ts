import 'reflect-metadata';

const ACTION = 'driftledger:graphql-action';
const SENSITIVE = 'driftledger:graphql-sensitive';

/**
 * Declares the action a viewer must be permitted to call a resolver. Every field of Query, Mutation and Subscription needs it: a field
 * without it fails the start of the process. On a `@ResolveField` it guards that one field. What a sensitive field is asked for is recorded.
 *
 * @example @Query('auditTrail') @Requires('audit.read') auditTrail() {}
 */
export const Requires =
  (action: string, { sensitive = false }: { readonly sensitive?: boolean } = {}): MethodDecorator =>
  (_target, _property, descriptor) => {
    if (typeof descriptor.value !== 'function') return;
    Reflect.defineMetadata(ACTION, action, descriptor.value);
    Reflect.defineMetadata(SENSITIVE, sensitive, descriptor.value);
  };

/** Whether reads by a method are to be recorded. */
export const isSensitive = (method: object): boolean => Reflect.getMetadata(SENSITIVE, method) === true;

/** The action a method was declared with, if any. */
export const requiredAction = (method: object): string | undefined => {
  const action: unknown = Reflect.getMetadata(ACTION, method);
  return typeof action === 'string' ? action : undefined;
};

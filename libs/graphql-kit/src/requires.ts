import 'reflect-metadata';

const ACTION = 'driftledger:graphql-action';

/**
 * Declares the action a viewer must be permitted to call a resolver. Every field of Query, Mutation and Subscription needs it: a field
 * without it fails the start of the process. On a `@ResolveField` it guards that one field.
 *
 * @example @Query('auditTrail') @Requires('audit.read') auditTrail() {}
 */
export const Requires =
  (action: string): MethodDecorator =>
  (_target, _property, descriptor) => {
    if (typeof descriptor.value === 'function') Reflect.defineMetadata(ACTION, action, descriptor.value);
  };

/** The action a method was declared with, if any. */
export const requiredAction = (method: object): string | undefined => {
  const action: unknown = Reflect.getMetadata(ACTION, method);
  return typeof action === 'string' ? action : undefined;
};

import { GraphQLError } from 'graphql';

/** Codes of GraphQL errors. Expected refusals of commands are no errors but types of the schema. */
export type EdgeErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'BAD_USER_INPUT'
  | 'MALFORMED'
  | 'TOO_DEEP'
  | 'TOO_COSTLY'
  | 'TOO_MANY_SUBSCRIPTIONS'
  | 'UNAVAILABLE'
  | 'INTERNAL';

/** An error whose message may be shown to the caller. Everything else that is thrown reaches the caller as INTERNAL without its message. */
export class EdgeError extends GraphQLError {
  constructor(
    readonly code: EdgeErrorCode,
    message: string,
    /** Status of the HTTP answer when nothing else was answered. */
    readonly statusCode: number = 400,
    options: ErrorOptions = {},
  ) {
    super(message, { extensions: { code }, ...(options.cause instanceof Error ? { originalError: options.cause } : {}) });
    this.name = 'EdgeError';
  }
}

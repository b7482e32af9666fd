import { Timeout, Unavailable } from './errors.js';

/** What the system says when a disk is full or a table of it is: somebody makes room, and the same step succeeds. */
const SYSTEM_CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EAGAIN', 'ETIMEDOUT']);

const field = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;

/**
 * Whether an error says something about an engine at this moment, and nothing about the event: the log or the read model is away, or a
 * disk is full. Engines of other libs mark such errors with `transient`.
 */
export const isPassing = (error: unknown): boolean =>
  error instanceof Unavailable || error instanceof Timeout || field(error, 'transient') === true || SYSTEM_CODES.has(field(error, 'code'));

/** A checkpoint that could not be saved means that some events are delivered again. It must not keep the rest from stopping. */
export const exceptPassing = (error: unknown): void => {
  if (!isPassing(error)) throw error;
};

import { GraphQLError, getOperationAST, parse } from 'graphql';
import { z } from 'zod';
import { EdgeError } from './errors.js';

/** What a connection may send. */
export type FrameLimits = { readonly tokensMax: number; readonly bytesMax: number };

/**
 * What becomes of a frame: it is handed on, in a form that holds nothing but what the protocol knows; it is answered with an error; or it
 * ends the connection with a code of graphql-transport-ws.
 */
export type FrameVerdict =
  | { readonly kind: 'pass'; readonly frame: string }
  | { readonly kind: 'refuse'; readonly id: string; readonly error: GraphQLError }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string };

/** Subscriptions open at once on one connection. */
const SUBSCRIPTIONS_MAX = 100;

const Id = z.string().min(1).max(200);
const Frame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('connection_init'), payload: z.record(z.string(), z.unknown()).nullish() }),
  z.object({
    type: z.literal('subscribe'),
    id: Id,
    payload: z.object({
      query: z.string(),
      variables: z.record(z.string(), z.unknown()).nullish(),
      operationName: z.string().nullish(),
    }),
  }),
  z.object({ type: z.literal('complete'), id: Id }),
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('pong') }),
]);
type Frame = z.output<typeof Frame>;
type Subscribe = Extract<Frame, { type: 'subscribe' }>;

const closing = (code: number, reason: string): FrameVerdict => ({ kind: 'close', code, reason });

/** Names that mean something to every object of the language. */
const refuseInherited = (key: string, value: unknown): unknown => {
  if (key === '__proto__' || key === 'constructor') throw new SyntaxError('a name that is not taken');
  return value;
};

const read = (text: string): Frame | undefined => {
  try {
    return Frame.safeParse(JSON.parse(text, refuseInherited)).data;
  } catch {
    // No JSON, or nested deeper than can be read.
    return undefined;
  }
};

/** What keeps a document from being a subscription, before anything is set up for it. */
const faultOf = ({ payload: { query, operationName } }: Subscribe, tokensMax: number): GraphQLError | undefined => {
  try {
    const operation = getOperationAST(parse(query, { maxTokens: tokensMax }), operationName);
    if (!operation) return new EdgeError('MALFORMED', 'the document has no such operation, or several and none is named');
    return operation.operation === 'subscription' ? undefined : new EdgeError('MALFORMED', 'a socket carries subscriptions only');
  } catch (error) {
    return new EdgeError('MALFORMED', error instanceof GraphQLError ? error.message : 'the document cannot be read');
  }
};

/**
 * Holds one connection to graphql-transport-ws (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md). The server behind it
 * takes what the protocol forbids: objects as documents, the id of an open subscription again, a second `connection_init`.
 */
export class FrameGuard {
  private readonly open = new Set<string>();
  private initialised = false;
  private closed = false;

  constructor(private readonly limits: FrameLimits) {}

  /** What becomes of the next frame; undefined once the connection was to be closed. */
  judge(text: string): FrameVerdict | undefined {
    if (this.closed) return undefined;
    const frame = text.length <= this.limits.bytesMax ? read(text) : undefined;
    const verdict = frame ? this.verdict(frame) : closing(4400, 'Invalid message');
    this.closed = verdict.kind === 'close';
    return verdict;
  }

  /** The server ended a subscription: its id is free again. */
  ended(id: string): void {
    this.open.delete(id);
  }

  private verdict(frame: Frame): FrameVerdict {
    switch (frame.type) {
      case 'connection_init':
        if (this.initialised) return closing(4429, 'Too many initialisation requests');
        this.initialised = true;
        break;
      case 'subscribe': {
        if (!this.initialised) return closing(4401, 'Unauthorized');
        if (this.open.has(frame.id)) return closing(4409, `Subscriber for ${frame.id.slice(0, 50)} already exists`);
        const fault = this.faultOf(frame);
        if (fault) return { kind: 'refuse', id: frame.id, error: fault };
        this.open.add(frame.id);
        break;
      }
      case 'complete':
        this.open.delete(frame.id);
        break;
      case 'ping':
      case 'pong':
        break;
    }
    return { kind: 'pass', frame: JSON.stringify(frame) };
  }

  private faultOf(frame: Subscribe): GraphQLError | undefined {
    if (this.open.size >= SUBSCRIPTIONS_MAX)
      return new EdgeError('TOO_MANY_SUBSCRIPTIONS', `a connection carries at most ${SUBSCRIPTIONS_MAX} subscriptions`, 429);
    return faultOf(frame, this.limits.tokensMax);
  }
}

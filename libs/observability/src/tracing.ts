/** Where spans go and from whom they are. `share`: of the traces that begin here, from 0 to 1. */
export type TracingOptions = { readonly endpoint: string; readonly share: number; readonly service: string; readonly version: string };

/** Values of a span: of closed sets, names the operator chose, or counts. Never a body, a key, or anything about a person. */
export type SpanValues = Readonly<Record<string, string | number>>;

export type SpanAbout = {
  /** `server`: answers somebody outside. `client`: asks an engine. `producer`: tells others. `consumer`: handles what was recorded. */
  readonly kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  readonly values: SpanValues;
  /** `traceparent` of what caused it, also several or none; what cannot be read is ignored. */
  readonly causes: readonly (string | undefined)[];
};

/** A span that has begun. */
export type OpenSpan = {
  /** How others name it as their cause: W3C Trace Context. */
  readonly traceparent: string;
  /** Ends it, once. `errorType`: what went wrong, in a word; messages may quote data. */
  end(values?: SpanValues, errorType?: string): void;
};

/**
 * Tells an operator's collector where time goes. Its spans hang together by the `traceparent` in the metadata of events: of several causes
 * the first that is kept is the parent, the others are links.
 */
export abstract class Tracing {
  /** False where no spans are wanted: whoever would make them need not even be asked. */
  abstract readonly isOn: boolean;
  /** Begins a span that may begin a trace: a request from outside. */
  abstract begin(name: string, about: SpanAbout): OpenSpan;
  /** A span around some work, if that belongs to a trace: by one of its causes, or because it is done within another span. */
  abstract during<T>(name: string, about: SpanAbout, work: (traceparent: string | undefined) => Promise<T>): Promise<T>;
  /** Sends what is left, for some seconds at most. Never rejects. */
  abstract close(): Promise<void>;
}

const NOTHING: OpenSpan = { traceparent: '', end: () => undefined };

/** Where no spans are wanted. */
export class NoTracing extends Tracing {
  override readonly isOn = false;

  override begin(): OpenSpan {
    return NOTHING;
  }

  override during<T>(_name: string, _about: SpanAbout, work: (traceparent: undefined) => Promise<T>): Promise<T> {
    return work(undefined);
  }

  override async close(): Promise<void> {}
}

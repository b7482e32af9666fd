/** A message that waits for somebody to do its work, kept by a server until that is done. */
export type QueuedMessage = {
  readonly subject: string;
  readonly body: Uint8Array;
  /** The first value of a header, whatever its case; undefined when it is absent or empty. */
  readonly header: (name: string) => string | undefined;
  /** The id its sender gave it, or else its place in the queue: the same at every delivery, of no other message. */
  readonly key: string;
  /** How often it has been delivered, this time included. */
  readonly deliveries: number;
};

/** What became of a message. */
export type Verdict =
  /** Its work is done, durably. */
  | { readonly kind: 'done' }
  /** Not now: it is delivered again after so many milliseconds at the earliest, and keeps no other message back meanwhile. */
  | { readonly kind: 'later'; readonly afterMs: number }
  /** It can never be done. The message is set aside together with the problem, which says why. */
  | { readonly kind: 'refused'; readonly problem: Readonly<Record<string, unknown>> };

/** Does the work of one message. It may get a message again whose work is done: the server may not have heard of it. */
export type QueueWorker = (message: QueuedMessage) => Promise<Verdict>;

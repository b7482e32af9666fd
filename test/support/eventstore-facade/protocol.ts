/** What parent and child of the protocol facade say to each other over the channel of the child process. */

/** How a facade is to be. Everything left out is as a healthy single node of 24.10.5 over TLS has it. */
export type FacadeOptions = {
  /** What the server says it is: below 21.10 it has no ServerFeatures and no BatchAppend, below 23.10 no CaughtUp. */
  readonly version?: string;
  /** Without TLS everybody may do everything, as with `--insecure`. */
  readonly tls?: boolean;
  /** A server certificate whose time is over. */
  readonly expiredCertificate?: boolean;
  /** `certificateDirectory` of another facade: the nodes of a cluster are of one authority. */
  readonly certificateDirectory?: string;
  /** Acknowledged events survive `kill()` and `restart()`; otherwise a restart begins with an empty log. */
  readonly keepOverRestart?: boolean;
  /** Bytes of one append, summed over types, metadata and bodies. */
  readonly maxAppendBytes?: number;
};

/** One thing that goes wrong, for the next `times` calls it fits (once unless said; `Infinity` until `heal()`). */
export type Fault = { readonly times?: number } & (
  | {
      /** No answer to an append, ever. `written` says whether the events are in the log all the same. */
      readonly kind: 'hold-append';
      readonly written: boolean;
    }
  | { readonly kind: 'slow-append'; readonly delayMs: number }
  /** BatchAppend only: the same answer twice. The second one carries a correlation id the client has forgotten. */
  | { readonly kind: 'answer-twice' }
  /** BatchAppend only: first the error Timeout, then, later, the success for the same correlation id. */
  | { readonly kind: 'answer-late'; readonly delayMs: number }
  /** BatchAppend only: an answer nobody asked for, before the real one. */
  | { readonly kind: 'answer-unknown-id' }
  /** BatchAppend only: the server closes the stream with OK instead of answering. */
  | { readonly kind: 'end-batch'; readonly written: boolean }
  /** An append is answered UNAVAILABLE. */
  | { readonly kind: 'append-unavailable'; readonly written: boolean }
  /** An append is answered as too large: by the size of all or, as servers since 24.10 do, of one event. */
  | { readonly kind: 'append-too-large'; readonly of: 'append' | 'event' }
  /** A read or a subscription loses its connection after so many events. */
  | { readonly kind: 'drop-read' | 'drop-subscription'; readonly afterEvents: number }
  /** A subscription ends with OK after so many events. */
  | { readonly kind: 'end-subscription'; readonly afterEvents: number }
  /** A read or a subscription is never answered, not even confirmed. */
  | { readonly kind: 'hold-read' | 'hold-subscription' }
  /** Reads of and subscriptions to `$all` are denied. */
  | { readonly kind: 'deny-all' }
  | { readonly kind: 'features-unavailable' }
  /** Writes, and calls that require the leader, are sent to another node. */
  | { readonly kind: 'not-leader'; readonly host: string; readonly port: number }
);

export type FaultKind = Fault['kind'];
export type FaultOf<K extends FaultKind> = Fault & { readonly kind: K };

/** A member of the cluster, as gossip tells it. */
export type Member = { readonly host: string; readonly port: number; readonly state: 'leader' | 'follower'; readonly alive?: boolean };

/** An event as the log of the facade holds it; what a ledger check compares with acknowledgements. */
export type Entry = {
  readonly stream: string;
  readonly revision: bigint;
  readonly commit: bigint;
  readonly id: string;
  readonly type: string;
};

/** Counted since the child process started. */
export type FacadeStats = {
  readonly connections: number;
  readonly openReads: number;
  /** Live or catching up, at this moment. */
  readonly openSubscriptions: number;
  readonly subscriptionsStarted: number;
  /** Messages given to the transport on reads and subscriptions: a slow consumer must keep this low. */
  readonly messagesWritten: number;
  readonly bytesToClients: number;
  readonly appends: { readonly plain: number; readonly batch: number };
  readonly openBatchStreams: number;
  /** How often each method of gRPC was called, by its name: `Read`, `Append`, `GetSupportedMethods`, … */
  readonly calls: Readonly<Record<string, number>>;
};

/** Appends to a stream without a client: histories for specs. */
export type Seed = { readonly stream: string; readonly count: number; readonly type?: string; readonly bodyBytes?: number };

export type Order =
  | { readonly order: 'inject'; readonly fault: Fault }
  | { readonly order: 'heal' }
  | { readonly order: 'set-time'; readonly epochMs: number | undefined }
  | { readonly order: 'set-members'; readonly members: readonly Member[] }
  | { readonly order: 'seed'; readonly seed: Seed }
  | { readonly order: 'forget-event-ids' }
  | { readonly order: 'repeat-caught-up' }
  | { readonly order: 'end-subscriptions' }
  | { readonly order: 'drop-connections' }
  | { readonly order: 'refuse-connections'; readonly refuse: boolean }
  | { readonly order: 'release-held' }
  | { readonly order: 'stats' }
  | { readonly order: 'entries' };

/** Parent to child. */
export type Request = { readonly id: number } & Order;
/** Child to parent: first that it listens, then an answer to each request. */
export type Reply =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'done'; readonly id: number; readonly value?: FacadeStats | readonly Entry[] }
  | { readonly kind: 'failed'; readonly id?: number; readonly message: string };

/** What the child gets to know at its start. */
export type ChildSettings = FacadeOptions & { readonly directory: string; readonly port: number };

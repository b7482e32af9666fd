/** What parent and child of the HTTP front say to each other over the channel of the child process. */

export type FrontOptions = {
  /** Users by name, with their passwords; `default` without one unless said otherwise. */
  readonly users?: Readonly<Record<string, string>>;
  /** Where the engine keeps its data; a directory of its own, removed by `stop()`, unless said otherwise. */
  readonly data?: string;
  /** Certificate and key in PEM: the front then speaks HTTPS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** How long an idle connection is kept, announced to clients as servers do; 30 seconds unless said otherwise. */
  readonly keepAliveMs?: number;
};

/** One thing that goes wrong, for the next `times` statements it fits (once unless said; `Infinity` until `heal()`). */
export type Fault = {
  readonly times?: number;
  /** Only statements that contain this text. */
  readonly matches?: string;
} & (
  | {
      /**
       * No answer until `release()`. `before`: the statement does not run until then. `inside`: for inserts with a body; the engine has
       * begun, has evaluated the parts that are not rows, and waits for the rows. `after`: it has run.
       */
      readonly kind: 'hold';
      readonly when: 'before' | 'inside' | 'after';
    }
  /** The connection is reset, before or after the statement has run. */
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  /** After so many bytes of the answer's body the connection is reset; or, as a proxy does, the answer ends as if that were all. */
  | { readonly kind: 'truncate'; readonly afterBytes: number; readonly ends?: 'reset' | 'in order' }
  /** A page of a proxy in place of the answer, before or after the statement has run. */
  | { readonly kind: 'status'; readonly status: number; readonly when: 'before' | 'after' }
  /** The body trickles. */
  | { readonly kind: 'slow'; readonly bytesAtOnce: number; readonly pauseMs: number }
  /**
   * `wait_end_of_query` is not heeded, as by a proxy or a full buffer: an error may come after the first bytes. It is written between marks
   * unless said otherwise; as plain text or as a row of JSON, as servers before 25.11.
   */
  | { readonly kind: 'stream'; readonly exception?: 'marked' | 'plain' | 'row' }
);

export type FaultKind = Fault['kind'];
export type FaultOf<K extends FaultKind> = Fault & { readonly kind: K };

/** A statement as the front got it. */
export type Seen = {
  readonly id: string;
  readonly statement: string;
  readonly method: string;
  readonly compressed: boolean;
  /** Whether the answer may be compressed. */
  readonly takesGzip: boolean;
  readonly bodyBytes: number;
};

/** A statement that ended with an exception of ClickHouse. */
export type Failed = { readonly statement: string; readonly code: number };

/** Counted since the child process started. */
export type FrontStats = {
  readonly connections: number;
  /** Statements that wait because of `hold`. */
  readonly held: number;
  /** Statements that run on the engine. */
  readonly running: number;
  /** The last two hundred statements, oldest first. */
  readonly seen: readonly Seen[];
  /** The last two hundred statements that failed, oldest first. */
  readonly failed: readonly Failed[];
};

export type Order =
  | { readonly order: 'inject'; readonly fault: Fault }
  | { readonly order: 'heal' }
  | { readonly order: 'release' }
  | { readonly order: 'refuse-connections'; readonly refuse: boolean }
  | { readonly order: 'drop-connections' }
  | { readonly order: 'stats' };

/** Parent to child. */
export type Request = { readonly id: number } & Order;
/** Child to parent: first that it listens, then an answer to each request. */
export type Reply =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'done'; readonly id: number; readonly stats?: FrontStats }
  | { readonly kind: 'failed'; readonly id?: number; readonly message: string };

/** What the child gets to know at its start. */
export type ChildSettings = FrontOptions & { readonly data: string; readonly port: number };

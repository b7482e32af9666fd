/** Limits of intake. Each answers a clear 4xx that names it; all can be set by the operator. */
export type IntakeLimits = {
  /** Bytes of a request body as sent. */
  readonly bodyBytesMax: number;
  /** Bytes of a request body after gunzip. */
  readonly inflatedBytesMax: number;
  /** Records in one request. */
  readonly recordsMax: number;
  /** Features of one record. */
  readonly featuresMax: number;
  /** Characters of a string value, name or tag. */
  readonly stringLengthMax: number;
  /** Characters of a prediction id or a subject. */
  readonly idLengthMax: number;
  /** Levels of nested objects in features. */
  readonly depthMax: number;
  /** Elements of a vector. */
  readonly vectorLengthMax: number;
  /** Milliseconds a prediction may lie in the future of our clock. */
  readonly futureSkewMsMax: number;
  /** Milliseconds in the past after which a row counts as backfilled. */
  readonly latenessMs: number;
  /** Requests and bytes of records that may wait for one deployment before 503 is answered. */
  readonly waitingRequestsMax: number;
  readonly waitingBytesMax: number;
};

export const DEFAULT_LIMITS: IntakeLimits = {
  bodyBytesMax: 8 * 1024 * 1024,
  inflatedBytesMax: 64 * 1024 * 1024,
  recordsMax: 10_000,
  featuresMax: 2_000,
  stringLengthMax: 1_000,
  idLengthMax: 128,
  depthMax: 5,
  vectorLengthMax: 4_096,
  futureSkewMsMax: 5 * 60_000,
  latenessMs: 60 * 60_000,
  waitingRequestsMax: 5_000,
  waitingBytesMax: 64 * 1024 * 1024,
};

/** A batch event closes at this many rows… */
export const BATCH_ROWS_MAX = 1_000;
/** …or at about this many bytes of columnar JSON. */
export const BATCH_BYTES_MAX = 256 * 1024;
/** Bytes of one record: with all that is stored beside it, it still fits into one event. */
export const RECORD_BYTES_MAX = 256 * 1024;

/** Who has a lease. */
export type LeaseHolder = {
  /** What the holder says about itself, such as the URL at which others reach it. */
  readonly value: string;
  /**
   * Fencing token: every take-over of a name gets a larger one. What the holder writes elsewhere carries it, so that a holder which
   * does not know yet that it was replaced can be refused.
   */
  readonly epoch: bigint;
};

/** A lease this process has, until `lost`. */
export type Lease = LeaseHolder & {
  readonly name: string;
  /**
   * Aborted before anybody else can have the lease: when it could not be renewed in time, when it was released, when the leases were
   * closed. The reason is a `LeaseLost`. A process that is frozen hears of it when it goes on, by when another may have the lease: what
   * must never be done twice is fenced by `epoch` or by an expected revision.
   */
  readonly lost: AbortSignal;
  /** Gives the lease up; whoever waits for it gets it at once. Never fails: what cannot be said to the server expires there. */
  readonly release: () => Promise<void>;
};

export type LeaseRequest = {
  readonly value: string;
  /** Ends the waiting. A lease that was acquired is given up by `release`. */
  readonly signal?: AbortSignal;
};

/** A lease is not held any more. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
  constructor(
    readonly lease: string,
    readonly why: 'expired' | 'taken' | 'released',
  ) {
    super(`the lease ${lease} is not held any more: ${why}`);
  }
}

/** The leases of this process were closed. */
export class LeasesClosed extends Error {
  override readonly name = 'LeasesClosed';
  constructor() {
    super('the leases are closed');
  }
}

/** Who has a lease cannot be said at the moment. It passes. */
export class LeasesUnavailable extends Error {
  override readonly name = 'LeasesUnavailable';
  readonly transient = true;
}

/**
 * Roles that one process at a time may have, such as the writer of a deployment or the runner of a projection. Names are any text.
 * Every adapter passes `leases.contract.ts`.
 */
export abstract class Leases {
  /**
   * Waits until the lease is free, however long that takes, and keeps it until it is released or lost. Two requests for one name
   * contend, also within a process.
   *
   * @throws LeasesClosed
   * @throws TypeError when the name is empty
   * @throws the reason of the signal
   */
  abstract acquire(name: string, request: LeaseRequest): Promise<Lease>;
  /**
   * Who has the lease, or undefined. A holder that died is named until its lease expires.
   *
   * @throws LeasesClosed | LeasesUnavailable
   * @throws TypeError when the name is empty
   */
  abstract holder(name: string): Promise<LeaseHolder | undefined>;
  /** Releases every lease of this process and ends all waiting. */
  abstract close(): Promise<void>;
}

import { type EventCodec, type EventStore, type StoredEvent } from '#libs/event-store';
import { type Position, type Uuid, comparePositions } from '#libs/kernel';
import { type PrincipalEvent, type PrincipalKind, type Role, PRINCIPAL_STREAMS } from './events.js';

/** A person, service or job as it is now. */
export type Principal = {
  readonly principalId: Uuid;
  readonly kind: PrincipalKind;
  readonly name: string;
  readonly roles: readonly Role[];
};

/** A key as it is now; `sha256` (hex) is of its secret. Times are epoch milliseconds. */
export type KeyRecord = {
  readonly keyId: string;
  readonly principalId: Uuid;
  readonly sha256: string;
  readonly label: string;
  readonly issuedAt: number;
  readonly expiresAt?: number;
  readonly revokedAt?: number;
};

type Waiting = { readonly position: Position; readonly done: () => void };

/**
 * All principals and keys in memory: folded from the log at start, then followed, so that recognising a caller costs no I/O and
 * a key revoked by any process stops working here as soon as the event arrives.
 */
export class Directory {
  private readonly principals = new Map<Uuid, Principal>();
  private readonly keys = new Map<string, KeyRecord>();
  private readonly stopping = new AbortController();
  private waiting: readonly Waiting[] = [];
  private applied: Position | undefined;
  private following: Promise<void> | undefined;
  /** Set when following ended by an error: who may do what is then no longer known, and nobody is recognised. */
  private broken: Error | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly codec: EventCodec,
  ) {}

  /** Resolves when everything that is in the log now has been folded. @throws what reading the log throws */
  async start(): Promise<void> {
    let ready = (): void => undefined;
    const caughtUp = new Promise<void>((resolve) => (ready = resolve));
    this.following = this.follow(ready).catch((error: unknown) => {
      this.broken = error instanceof Error ? error : new Error(String(error));
    });
    await Promise.race([caughtUp, this.following]);
    if (this.broken) throw this.broken;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.following;
  }

  /** The error that ended following, if one did. */
  get failure(): Error | undefined {
    return this.broken;
  }

  principal(principalId: Uuid): Principal | undefined {
    return this.broken ? undefined : this.principals.get(principalId);
  }

  key(keyId: string): KeyRecord | undefined {
    return this.broken ? undefined : this.keys.get(keyId);
  }

  /** By name. */
  allPrincipals(): readonly Principal[] {
    return [...this.principals.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** In the order they were issued. */
  keysOf(principalId: Uuid): readonly KeyRecord[] {
    return [...this.keys.values()].filter((key) => key.principalId === principalId);
  }

  /** How many principals other than this one hold `admin`. */
  otherAdmins(principalId: Uuid): number {
    return [...this.principals.values()].filter((one) => one.principalId !== principalId && one.roles.includes('admin')).length;
  }

  /** True once the event at this position counts here, false when that did not happen in time. */
  async appliedUpTo(position: Position, timeoutMs: number): Promise<boolean> {
    if (this.covers(position)) return true;
    return new Promise((resolve) => {
      const entry: Waiting = { position, done: () => (clearTimeout(timer), resolve(true)) };
      const timer = setTimeout(() => {
        this.waiting = this.waiting.filter((one) => one !== entry);
        resolve(false);
      }, timeoutMs);
      this.waiting = [...this.waiting, entry];
    });
  }

  private covers(position: Position): boolean {
    return this.applied !== undefined && comparePositions(this.applied, position) >= 0;
  }

  private async follow(ready: () => void): Promise<void> {
    const messages = this.store.subscribeAll({
      after: 'start',
      filter: { streamPrefixes: [PRINCIPAL_STREAMS] },
      signal: this.stopping.signal,
    });
    for await (const message of messages) {
      if (message.kind === 'event') this.apply(message.event);
      else if (message.kind === 'checkpoint') this.passed(message.position);
      else ready();
    }
  }

  private apply(stored: StoredEvent): void {
    const event = this.codec.decode<PrincipalEvent>(stored);
    const { principalId } = event.data;
    switch (event.type) {
      case 'PrincipalRegistered':
        this.principals.set(principalId, event.data);
        break;
      case 'KeyIssued':
        this.keys.set(event.data.keyId, keyOf(event.data, event.recordedAt));
        break;
      case 'KeyRevoked':
        this.revoke(event.data.keyId, event.recordedAt);
        break;
      case 'RolesGranted':
        this.changeRoles(principalId, (roles) => [...roles, ...event.data.roles]);
        break;
      case 'RolesRevoked':
        this.changeRoles(principalId, (roles) => roles.filter((role) => !event.data.roles.includes(role)));
        break;
    }
    this.passed(stored.position);
  }

  private revoke(keyId: string, revokedAt: number): void {
    const key = this.keys.get(keyId);
    if (key) this.keys.set(keyId, { ...key, revokedAt });
  }

  private changeRoles(principalId: Uuid, change: (roles: readonly Role[]) => readonly Role[]): void {
    const principal = this.principals.get(principalId);
    if (principal) this.principals.set(principalId, { ...principal, roles: change(principal.roles) });
  }

  private passed(position: Position): void {
    this.applied = position;
    const due = this.waiting.filter((one) => this.covers(one.position));
    this.waiting = this.waiting.filter((one) => !due.includes(one));
    for (const one of due) one.done();
  }
}

const keyOf = (
  { expiresAt, ...key }: Omit<KeyRecord, 'issuedAt' | 'expiresAt'> & { expiresAt?: number | undefined },
  issuedAt: number,
) => ({
  ...key,
  issuedAt,
  ...(expiresAt === undefined ? {} : { expiresAt }),
});

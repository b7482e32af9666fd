import { type EventCodec, type EventStore, CheckpointStore, SubscriptionRunner } from '#libs/event-store';
import { type Position, type Recorded, type Uuid } from '#libs/kernel';
import {
  type PrincipalEvent,
  type PrincipalKind,
  type Role,
  KeyIssued,
  KeyRevoked,
  PrincipalRegistered,
  RolesGranted,
  RolesRevoked,
} from './events.js';

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

/** Longest time that reading the principals of the log may take at start; a log that is away is waited for that long. */
const START_WITHIN_MS = 60_000;

const FOLDED = [PrincipalRegistered, KeyIssued, KeyRevoked, RolesGranted, RolesRevoked] as const;
const isFolded = (event: Recorded): event is Recorded & PrincipalEvent => FOLDED.some(({ type }) => type === event.type);

/** What is kept in memory is read anew by every process. */
class FromTheStart extends CheckpointStore {
  override async load(): Promise<undefined> {
    return undefined;
  }
  override async save(): Promise<void> {}
}

/**
 * All principals and keys in memory: folded from the log at start, then followed, so that recognising a caller costs no I/O and
 * a key revoked by any process stops working here as soon as the event arrives.
 */
export class Directory {
  private readonly principals = new Map<Uuid, Principal>();
  private readonly keys = new Map<string, KeyRecord>();
  private readonly runner: SubscriptionRunner;

  constructor(
    private readonly store: EventStore,
    codec: EventCodec,
  ) {
    this.runner = new SubscriptionRunner({
      store,
      codec,
      checkpoints: new FromTheStart(),
      subscription: {
        name: 'directory',
        handles: FOLDED.map(({ type }) => type),
        onPoison: 'stop',
        handle: async (batch) => batch.filter(isFolded).forEach((event) => this.apply(event)),
      },
      // What cannot be folded once cannot be folded: only a log that is away is tried again.
      tries: 1,
    });
  }

  /** Resolves when everything that is in the log now has been folded. @throws what reading the log throws, or Error after a minute */
  async start(): Promise<void> {
    await this.runner.start();
    if (!(await this.caughtUp(START_WITHIN_MS))) throw this.failure ?? new Error('the principals of the log could not be read in time');
  }

  async stop(): Promise<void> {
    await this.runner.stop();
  }

  /**
   * Why who may do what is not known at the moment: the log is away, which is waited for, or it holds what cannot be read, which ends
   * it. Nobody is recognised meanwhile: what was revoked could not be known.
   */
  get failure(): Error | undefined {
    return this.runner.failure ?? this.runner.trouble;
  }

  principal(principalId: Uuid): Principal | undefined {
    return this.failure ? undefined : this.principals.get(principalId);
  }

  key(keyId: string): KeyRecord | undefined {
    return this.failure ? undefined : this.keys.get(keyId);
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
    return this.runner.caughtUpTo(position, timeoutMs).catch(() => false);
  }

  /** True once everything that is in the log now counts here, whoever recorded it. @throws what asking the log throws */
  async caughtUp(timeoutMs: number): Promise<boolean> {
    const head = await this.store.head();
    return head === undefined || this.appliedUpTo(head, timeoutMs);
  }

  private apply(event: Recorded & PrincipalEvent): void {
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
  }

  private revoke(keyId: string, revokedAt: number): void {
    const key = this.keys.get(keyId);
    if (key) this.keys.set(keyId, { ...key, revokedAt });
  }

  private changeRoles(principalId: Uuid, change: (roles: readonly Role[]) => readonly Role[]): void {
    const principal = this.principals.get(principalId);
    if (principal) this.principals.set(principalId, { ...principal, roles: change(principal.roles) });
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

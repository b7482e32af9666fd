import { setTimeout as delay } from 'node:timers/promises';
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

/** A log that is away, or long, is waited for so long at start; then the process goes on, and recognises nobody until it has read it. */
const START_WITHIN_MS = 10_000;
const LOOK_AGAIN_MS = 500;
/** What stopped it is tried again so much later: a server that is starting denies access that it grants a moment later. */
const AGAIN_AFTER_MS = 2_000;
/** What ends it at every try, as an event that cannot be read, is looked at this seldom. */
const AGAIN_AFTER_MS_MAX = 60_000;

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
  private stopping = new AbortController();
  private beginning: Promise<void> = Promise.resolve();
  private following: Promise<void> = Promise.resolve();
  private unread: Error | undefined;

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
      tries: 1,
    });
  }

  /** Resolves when everything that is in the log now has been folded, or after some seconds. @throws an error of the log that does not pass */
  async start(): Promise<void> {
    this.stopping = new AbortController();
    this.unread = new Error('the principals of the log were not read yet');
    await this.runner.start();
    this.beginning = this.begin(this.stopping.signal);
    this.following = this.keepFollowing(this.stopping.signal);
    const late = delay(START_WITHIN_MS, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
    await Promise.race([this.beginning, late]);
    const { failure } = this.runner;
    if (!failure) return;
    await this.stop();
    throw failure;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.following;
    await this.runner.stop();
    await this.beginning;
  }

  /**
   * Why who may do what is not known at the moment: the log is away or denies access, or it holds what cannot be read. All of that is
   * tried again, and nobody is recognised meanwhile: what was revoked could not be known.
   */
  get failure(): Error | undefined {
    return this.runner.failure ?? this.runner.trouble ?? this.unread;
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

  /** Until what stood in the log at some moment after the start has been folded: a key that was revoked before must not open. */
  private async begin(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.runner.failure) {
      const caughtUp = await this.caughtUp(START_WITHIN_MS).catch(() => false);
      if (caughtUp) this.unread = undefined;
      if (caughtUp) return;
      await delay(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Reads all of the log again, a while after anything but a log that is away has ended it. */
  private async keepFollowing(signal: AbortSignal): Promise<void> {
    for (let pause = AGAIN_AFTER_MS; !signal.aborted;) {
      await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
      const { failure } = this.runner;
      pause = failure ? Math.min(pause * 2, AGAIN_AFTER_MS_MAX) : AGAIN_AFTER_MS;
      if (signal.aborted || !failure) continue;
      // Before it starts: while it reads, a key that was revoked looks as if it were not.
      this.unread = failure;
      await this.beginning;
      await this.runner.stop();
      await this.runner.start();
      this.beginning = this.begin(signal);
    }
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

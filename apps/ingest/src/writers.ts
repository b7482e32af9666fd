import { type Lease, LeasesUnavailable, type Leases } from '#libs/leases';

/** Where a deployment is written: in this process, by another one at its URL, or by nobody yet. */
export type Writer = { readonly kind: 'here' } | { readonly kind: 'elsewhere'; readonly url: string } | { readonly kind: 'nobody' };

/** How long a request waits for a role that is changing hands. */
const WAIT_MS = 2_000;
const LOOK_MS = 200;
/** How long an answer about another holder is believed. */
const BELIEVED_MS = 1_000;
/** Each role that is held or waited for costs the server some requests every ten seconds. */
const ROLES_MAX = 1_000;
/** Nobody has sent anything for so long: the role is given up, or not waited for any more. */
const IDLE_MS = 10 * 60_000;
const SWEEP_MS = 60_000;
/** Longer than any request takes: where there is no room, a role that was idle for so long gives way. */
const UNUSED_MS = 60_000;

export type WritersOptions = {
  readonly leases: Leases;
  /** At which other copies reach this one. */
  readonly url: string;
  /** Whether a deployment of this id was registered. */
  readonly isRegistered: (deploymentId: string) => Promise<boolean>;
  /** 1,000 unless said otherwise. */
  readonly rolesMax?: number;
  /** What is idle for so long is given up, or gives way to others, in milliseconds; ten minutes and one unless said otherwise. */
  readonly idleMs?: number;
  readonly unusedMs?: number;
  /** How long it is believed who else writes, in milliseconds; 1,000 unless said otherwise. */
  readonly believedMs?: number;
};

/** The role of one deployment, held by this process or waited for. */
type Role = { readonly ends: AbortController; usedAt: number; lease: Lease | undefined; standing: Promise<void> };

/**
 * Which process writes which deployment: one each, by lease, so that its memory of ids and keys need not be read again and again. The
 * lease of a deployment that does not exist is nobody's: whoever was asked refuses the request, or registers it.
 */
export class Writers {
  private readonly roles = new Map<string, Role>();
  private readonly asking = new Map<string, Promise<Writer>>();
  private readonly believed = new Map<string, { readonly url: string; readonly until: number }>();
  private readonly stopping = new AbortController();
  private readonly sweeping: NodeJS.Timeout;

  constructor(private readonly options: WritersOptions) {
    this.sweeping = setInterval(() => this.sweep(), Math.min(SWEEP_MS, options.idleMs ?? IDLE_MS)).unref();
  }

  get url(): string {
    return this.options.url;
  }

  /** Roles that are held or waited for. */
  get size(): number {
    return this.roles.size;
  }

  /** Takes the role when nobody has it. @throws what asking whether it is registered throws */
  async writerOf(deploymentId: string): Promise<Writer> {
    const role = this.roles.get(deploymentId);
    if (role) role.usedAt = performance.now();
    if (role?.lease) return { kind: 'here' };
    const believed = this.believed.get(deploymentId);
    if (believed && believed.until > performance.now()) return { kind: 'elsewhere', url: believed.url };
    const asking = this.asking.get(deploymentId) ?? this.find(deploymentId).finally(() => this.asking.delete(deploymentId));
    this.asking.set(deploymentId, asking);
    return asking;
  }

  /** The other one did not answer: it is looked up again. */
  forget(deploymentId: string): void {
    this.believed.delete(deploymentId);
  }

  /** Gives every role up. */
  async stop(): Promise<void> {
    clearInterval(this.sweeping);
    this.stopping.abort();
    await Promise.allSettled(this.asking.values());
    await Promise.all([...this.roles].map(([deploymentId, role]) => this.giveUp(deploymentId, role)));
  }

  private async find(deploymentId: string): Promise<Writer> {
    if (!(await this.options.isRegistered(deploymentId))) return { kind: 'here' };
    const role = this.roles.get(deploymentId) ?? this.standBy(deploymentId);
    for (const until = performance.now() + WAIT_MS; performance.now() < until && !this.stopping.signal.aborted;) {
      const other = await this.otherHolder(deploymentId);
      if (other !== undefined) {
        this.believed.set(deploymentId, { url: other, until: performance.now() + (this.options.believedMs ?? BELIEVED_MS) });
        return { kind: 'elsewhere', url: other };
      }
      // Nobody has it, and there is no room for it here.
      if (!role) return { kind: 'nobody' };
      await Promise.race([role.standing, new Promise((resolve) => setTimeout(resolve, LOOK_MS))]);
      if (role.lease) return { kind: 'here' };
    }
    return { kind: 'nobody' };
  }

  /** Goes on asking while another one writes: whoever has not watched a dead holder for long enough cannot take its place. */
  private standBy(deploymentId: string): Role | undefined {
    if (this.stopping.signal.aborted || !this.makeRoom()) return undefined;
    const role: Role = { ends: new AbortController(), usedAt: performance.now(), lease: undefined, standing: Promise.resolve() };
    this.roles.set(deploymentId, role);
    role.standing = this.take(deploymentId, role);
    return role;
  }

  /** False when every role is in use. */
  private makeRoom(): boolean {
    const { rolesMax = ROLES_MAX, unusedMs = UNUSED_MS } = this.options;
    if (this.roles.size < rolesMax) return true;
    const [oldest] = [...this.roles].sort(([, a], [, b]) => a.usedAt - b.usedAt);
    if (!oldest || performance.now() - oldest[1].usedAt < unusedMs) return false;
    void this.giveUp(...oldest);
    return true;
  }

  private sweep(): void {
    const idleSince = performance.now() - (this.options.idleMs ?? IDLE_MS);
    for (const [deploymentId, role] of [...this.roles]) if (role.usedAt < idleSince) void this.giveUp(deploymentId, role);
    for (const [deploymentId, { until }] of [...this.believed]) if (until < performance.now()) this.believed.delete(deploymentId);
  }

  private async giveUp(deploymentId: string, role: Role): Promise<void> {
    this.lose(deploymentId, role);
    role.ends.abort();
    await role.standing;
    await role.lease?.release();
  }

  private lose(deploymentId: string, role: Role): void {
    if (this.roles.get(deploymentId) === role) this.roles.delete(deploymentId);
  }

  private async otherHolder(deploymentId: string): Promise<string | undefined> {
    try {
      const holder = await this.options.leases.holder(roleOf(deploymentId));
      return holder && holder.value !== this.url ? holder.value : undefined;
    } catch (error) {
      if (error instanceof LeasesUnavailable) return undefined;
      throw error;
    }
  }

  private async take(deploymentId: string, role: Role): Promise<void> {
    try {
      const lease = await this.options.leases.acquire(roleOf(deploymentId), { value: this.url, signal: role.ends.signal });
      role.lease = lease;
      lease.lost.addEventListener('abort', () => this.lose(deploymentId, role), { once: true });
    } catch {
      // Given up, or the leases are closed: the next request asks again, and hears why it cannot be had.
      this.lose(deploymentId, role);
    }
  }
}

const roleOf = (deploymentId: string): string => `deployment-${deploymentId}`;

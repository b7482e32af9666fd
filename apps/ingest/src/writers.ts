import { type Lease, LeasesUnavailable, type Leases } from '#libs/leases';

/** Where a deployment is written: in this process, by another one at its URL, or by nobody yet. */
export type Writer = { readonly kind: 'here' } | { readonly kind: 'elsewhere'; readonly url: string } | { readonly kind: 'nobody' };

/** How long a request waits for a role that is changing hands. */
const WAIT_MS = 2_000;
const LOOK_MS = 200;
/** How long an answer about another holder is believed. */
const BELIEVED_MS = 1_000;

/** Which process writes which deployment: one each, by lease, so that its memory of ids and keys need not be read again and again. */
export class Writers {
  private readonly held = new Map<string, Lease>();
  private readonly asking = new Map<string, Promise<Writer>>();
  private readonly standingBy = new Map<string, Promise<void>>();
  private readonly believed = new Map<string, { readonly url: string; readonly until: number }>();
  private readonly stopping = new AbortController();

  /** @param url at which other copies reach this one */
  constructor(
    private readonly leases: Leases,
    private readonly url: string,
  ) {}

  /** Takes the role when nobody has it. */
  async writerOf(deploymentId: string): Promise<Writer> {
    if (this.held.has(deploymentId)) return { kind: 'here' };
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
    this.stopping.abort();
    await Promise.allSettled([...this.asking.values(), ...this.standingBy.values()]);
    await Promise.all([...this.held.values()].map((lease) => lease.release()));
  }

  private async find(deploymentId: string): Promise<Writer> {
    const role = `deployment-${deploymentId}`;
    const asking = this.standBy(role, deploymentId);
    for (const until = performance.now() + WAIT_MS; performance.now() < until;) {
      const other = await this.otherHolder(role);
      if (other !== undefined) {
        this.believed.set(deploymentId, { url: other, until: performance.now() + BELIEVED_MS });
        return { kind: 'elsewhere', url: other };
      }
      await Promise.race([asking, new Promise((resolve) => setTimeout(resolve, LOOK_MS))]);
      if (this.held.has(deploymentId)) return { kind: 'here' };
    }
    return { kind: 'nobody' };
  }

  /** Goes on asking while another one writes: whoever has not watched a dead holder for long enough cannot take its place. */
  private standBy(role: string, deploymentId: string): Promise<void> {
    const asking = this.standingBy.get(role) ?? this.take(role, deploymentId).finally(() => this.standingBy.delete(role));
    this.standingBy.set(role, asking);
    return asking;
  }

  private async otherHolder(role: string): Promise<string | undefined> {
    try {
      const holder = await this.leases.holder(role);
      return holder && holder.value !== this.url ? holder.value : undefined;
    } catch (error) {
      if (error instanceof LeasesUnavailable) return undefined;
      throw error;
    }
  }

  private async take(role: string, deploymentId: string): Promise<void> {
    const { signal } = this.stopping;
    try {
      const lease = await this.leases.acquire(role, { value: this.url, signal });
      this.held.set(deploymentId, lease);
      lease.lost.addEventListener('abort', () => this.held.delete(deploymentId), { once: true });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

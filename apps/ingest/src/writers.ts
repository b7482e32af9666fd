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
    await Promise.allSettled(this.asking.values());
    await Promise.all([...this.held.values()].map((lease) => lease.release()));
  }

  private async find(deploymentId: string): Promise<Writer> {
    const role = `deployment-${deploymentId}`;
    const ending = new AbortController();
    const taken = this.take(role, deploymentId, AbortSignal.any([ending.signal, this.stopping.signal]));
    try {
      for (const until = performance.now() + WAIT_MS; performance.now() < until;) {
        const other = await this.otherHolder(role);
        if (other !== undefined) {
          this.believed.set(deploymentId, { url: other, until: performance.now() + BELIEVED_MS });
          return { kind: 'elsewhere', url: other };
        }
        const pause = new Promise<'not yet'>((resolve) => setTimeout(() => resolve('not yet'), LOOK_MS));
        if ((await Promise.race([taken, pause])) === 'taken') return { kind: 'here' };
      }
      return { kind: 'nobody' };
    } finally {
      ending.abort();
    }
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

  private async take(role: string, deploymentId: string, signal: AbortSignal): Promise<'taken' | 'ended'> {
    try {
      const lease = await this.leases.acquire(role, { value: this.url, signal });
      this.held.set(deploymentId, lease);
      lease.lost.addEventListener('abort', () => this.held.delete(deploymentId), { once: true });
      return 'taken';
    } catch (error) {
      if (signal.aborted) return 'ended';
      throw error;
    }
  }
}

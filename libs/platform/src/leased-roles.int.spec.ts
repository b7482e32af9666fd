import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { SystemClock } from '#libs/kernel';
import { type Lease, type LeaseHolder, type LeaseRequest, LeaseLost, Leases } from '#libs/leases';
import { InProcessLeases } from '#libs/leases/in-process';
import { LeasedRoles, type RoleWork } from './leased-roles.js';

/** The leases of one process; `lose` is what happens when its connection is gone: the lease is lost here, and then free. */
class OwnLeases extends Leases {
  private readonly held = new Map<string, { readonly lease: Lease; readonly ending: AbortController }>();

  constructor(private readonly shared: Leases) {
    super();
  }

  async acquire(name: string, request: LeaseRequest): Promise<Lease> {
    const lease = await this.shared.acquire(name, request);
    const ending = new AbortController();
    this.held.set(name, { lease, ending });
    const { value, epoch, release } = lease;
    return { name, value, epoch, lost: AbortSignal.any([lease.lost, ending.signal]), release };
  }
  holder(name: string): Promise<LeaseHolder | undefined> {
    return this.shared.holder(name);
  }
  async close(): Promise<void> {}

  async lose(name: string): Promise<void> {
    const held = this.held.get(name);
    held?.ending.abort(new LeaseLost(name, 'expired'));
    await held?.lease.release();
  }
}

describe('roles that one process at a time has', () => {
  let shared: InProcessLeases;
  let running: LeasedRoles[];
  let now: Set<string>;
  let said: string[];
  beforeAll(() => void Logger.overrideLogger(false));
  beforeEach(() => {
    shared = new InProcessLeases(new SystemClock());
    [running, now, said] = [[], new Set(), []];
  });
  afterEach(async () => {
    for (const roles of running) await roles.stop();
    await shared.close();
  });
  const start = (): { readonly leases: OwnLeases; readonly roles: LeasedRoles } => {
    const leases = new OwnLeases(shared);
    const roles = new LeasedRoles(leases);
    running.push(roles);
    return { leases, roles };
  };
  /** Works until it has to end, and notes when two worked at a time. */
  const working =
    (name: string, lingersMs = 0): RoleWork =>
    async (signal, { epoch }) => {
      if (now.size > 0) said.push('two at a time');
      now.add(name);
      said.push(`${name} began`);
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      await delay(lingersMs);
      now.delete(name);
      said.push(`${name} ended ${epoch > 0n}`);
    };
  const until = async (done: () => boolean): Promise<void> => {
    for (const end = Date.now() + 10_000; !done(); await delay(5)) if (Date.now() > end) throw new Error(said.join(', '));
  };

  it('go to who stands by when a process ends, after its work has ended', async () => {
    const [{ roles: one }, { roles: other }] = [start(), start()];
    one.start('role', working('one', 30));
    await until(() => now.has('one'));
    other.start('role', working('other'));
    await delay(20);
    await one.stop();
    await until(() => now.has('other'));
    expect(said).toEqual(['one began', 'one ended true', 'other began']);
  });

  it('end their work when the lease is lost in its middle, and are asked for again', async () => {
    const { roles, leases } = start();
    roles.start('role', working('one'));
    await until(() => now.has('one'));
    const before = await shared.holder('role');
    await leases.lose('role');
    await until(() => said.length === 3);
    expect(said).toEqual(['one began', 'one ended true', 'one began']);
    expect((await shared.holder('role'))!.epoch > before!.epoch).toBe(true);
  });

  it('are left to others by a process whose work fails, which then stands by', async () => {
    const [{ roles: one }, { roles: other }] = [start(), start()];
    let failures = 0;
    one.start('role', async () => {
      failures += 1;
      throw new Error('broken here');
    });
    await until(() => failures === 1);
    other.start('role', working('other'));
    await until(() => now.has('other'));
    await delay(50);
    expect(failures).toBe(1);
  });

  it('can be asked for until they are not wanted any more, without ending the others of the process', async () => {
    const { roles } = start();
    const wanted = new AbortController();
    roles.start('one', working('one'), { until: wanted.signal, value: 'me' });
    await until(() => now.has('one'));
    expect((await shared.holder('one'))?.value).toBe('me');
    wanted.abort();
    await until(() => now.size === 0);
    expect(await shared.holder('one')).toBeUndefined();
    roles.start('two', working('two'));
    await until(() => now.has('two'));
  });

  it('are asked for no more once the process ends, also by work that waits for its lease', async () => {
    const [{ roles: one }, { roles: other }] = [start(), start()];
    one.start('role', working('one'));
    await until(() => now.has('one'));
    other.start('role', working('other'));
    await other.stop();
    await one.stop();
    expect([said, await shared.holder('role')]).toEqual([['one began', 'one ended true'], undefined]);
  });
});

import { setTimeout as delay } from 'node:timers/promises';
import { SystemClock } from '#libs/kernel';
import { type LeaseHolder, Leases, LeasesUnavailable, type Lease, type LeaseRequest } from '#libs/leases';
import { InProcessLeases } from '#libs/leases/in-process';
import { Writers, type WritersOptions } from './writers.js';

/** The leases of an installation as one process has them, until its connection or its life ends. */
class OwnLeases extends Leases {
  away = false;
  asked: string[] = [];
  private readonly held = new Set<Lease>();

  constructor(private readonly shared: Leases) {
    super();
  }

  async acquire(name: string, request: LeaseRequest): Promise<Lease> {
    this.asked.push(name);
    const lease = await this.shared.acquire(name, request);
    this.held.add(lease);
    return lease;
  }
  async holder(name: string): Promise<LeaseHolder | undefined> {
    if (this.away) throw new LeasesUnavailable('away');
    return this.shared.holder(name);
  }
  async close(): Promise<void> {
    for (const lease of this.held) await lease.release();
  }
}

describe('the writers of deployments', () => {
  const registered = new Set(['a', 'b', 'c', 'd']);
  let shared: InProcessLeases;
  let started: Writers[];
  beforeEach(() => {
    shared = new InProcessLeases(new SystemClock());
    started = [];
  });
  afterEach(async () => {
    for (const writers of started) await writers.stop();
    await shared.close();
  });
  const start = (url: string, options: Partial<WritersOptions> = {}): { readonly writers: Writers; readonly leases: OwnLeases } => {
    const leases = new OwnLeases(shared);
    const writers = new Writers({ leases, url, isRegistered: async (id) => registered.has(id), ...options });
    started.push(writers);
    return { writers, leases };
  };
  const [HERE, NOBODY] = [{ kind: 'here' }, { kind: 'nobody' }];
  const at = (url: string) => ({ kind: 'elsewhere', url });

  it('are one for each deployment, however many requests come first at the same time', async () => {
    const [{ writers: one, leases }, { writers: other }] = [start('one'), start('other')];
    expect(await Promise.all(Array.from({ length: 20 }, () => one.writerOf('a')))).toEqual(Array.from({ length: 20 }, () => HERE));
    expect(leases.asked).toEqual(['deployment-a']);
    expect([await other.writerOf('a'), await other.writerOf('b'), await one.writerOf('b')]).toEqual([at('one'), HERE, at('other')]);
  });

  it('take no role for a deployment that is not registered, and one as soon as it is', async () => {
    const { writers, leases } = start('one');
    for (const name of ['x1', 'x2', 'late']) expect(await writers.writerOf(name)).toEqual(HERE);
    expect([leases.asked, writers.size]).toEqual([[], 0]);
    registered.add('late');
    expect(await writers.writerOf('late')).toEqual(HERE);
    expect(leases.asked).toEqual(['deployment-late']);
  });

  it('are replaced by who stood by when the role is lost, and send there what comes later', async () => {
    const [{ writers: one, leases }, { writers: other }] = [start('one'), start('other')];
    await one.writerOf('a');
    await other.writerOf('a');
    await leases.close();
    await delay(10);
    other.forget('a');
    expect(await other.writerOf('a')).toEqual(HERE);
    expect(await one.writerOf('a')).toEqual(at('other'));
  });

  it('are believed for a second, and looked up again when they did not answer', async () => {
    const [{ writers: one }, { writers: other }] = [start('one'), start('other')];
    await one.writerOf('a');
    expect(await other.writerOf('a')).toEqual(at('one'));
    await one.stop();
    await delay(10);
    expect(await other.writerOf('a')).toEqual(HERE);
  });

  it('are nobody while the leases are away and the role is not had', async () => {
    const [{ writers: one }, { writers: other, leases }] = [start('one'), start('other')];
    await one.writerOf('a');
    leases.away = true;
    expect(await other.writerOf('a')).toEqual(NOBODY);
    leases.away = false;
    expect(await other.writerOf('a')).toEqual(at('one'));
    expect(await one.writerOf('a')).toEqual(HERE);
  });

  it('give up what nobody has used for long', async () => {
    const [{ writers: one }, { writers: other }] = [start('one', { idleMs: 40 }), start('other')];
    await one.writerOf('a');
    while (one.size > 0) await delay(5);
    expect(await other.writerOf('a')).toEqual(HERE);
  });

  it('have so many roles at most: one that is unused gives way, and none that is used', async () => {
    const { writers } = start('one', { rolesMax: 2, unusedMs: 40 });
    await writers.writerOf('a');
    await writers.writerOf('b');
    expect([await writers.writerOf('c'), writers.size]).toEqual([NOBODY, 2]);
    await delay(30);
    await writers.writerOf('b');
    await delay(20);
    expect([await writers.writerOf('c'), writers.size]).toEqual([HERE, 2]);
    expect([await shared.holder('deployment-a'), (await shared.holder('deployment-b'))?.value]).toEqual([undefined, 'one']);
  });

  it('are found by a copy that has no room for another role', async () => {
    const [{ writers: one }, { writers: other }] = [start('one', { rolesMax: 1 }), start('other', { rolesMax: 1 })];
    expect([await one.writerOf('a'), await other.writerOf('b')]).toEqual([HERE, HERE]);
    expect([await one.writerOf('b'), await other.writerOf('a')]).toEqual([at('other'), at('one')]);
    expect([await one.writerOf('c'), one.size, other.size]).toEqual([NOBODY, 1, 1]);
  });

  it('leave every role to others when the process ends', async () => {
    const [{ writers: one }, { writers: other }] = [start('one'), start('other')];
    for (const name of ['a', 'b', 'c']) await one.writerOf(name);
    const waiting = other.writerOf('a');
    await one.stop();
    expect(await waiting).toEqual(at('one'));
    expect(await one.writerOf('d')).toEqual(NOBODY);
    for (const name of ['b', 'c']) expect(await other.writerOf(name)).toEqual(HERE);
  });
});

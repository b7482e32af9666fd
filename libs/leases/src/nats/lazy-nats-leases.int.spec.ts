import { SystemClock } from '#libs/kernel';
import { connectToNats } from '#libs/messaging/nats';
import { describeWithNats, NatsServer } from '../../../../test/support/nats-server.js';
import { LeasesClosed, LeasesUnavailable } from '../leases.js';
import { leasesContract } from '../leases.contract.js';
import { LazyNatsLeases } from './lazy-nats-leases.js';

describeWithNats('leases of a process that may start before NATS', () => {
  let server: NatsServer;
  let troubles: unknown[] = [];
  const open = (): LazyNatsLeases =>
    new LazyNatsLeases({
      connect: () => connectToNats({ servers: [server.url], name: 'spec', timeoutMs: 500 }),
      clock: new SystemClock(),
      ttlMs: 1_000,
      onTrouble: (error) => troubles.push(error),
    });
  beforeAll(async () => {
    server = await NatsServer.start();
  });
  beforeEach(() => {
    troubles = [];
  });
  afterAll(() => server.stop());

  leasesContract('NATS, connected when it is there', async () => {
    const [one, other] = [open(), open()];
    // Each test on a bucket that nobody holds anything of.
    for (const leases of [one, other]) await (await leases.acquire(`open-${Math.random()}`, { value: '' })).release();
    const stop = async (): Promise<void> => {
      await one.close();
      await other.close();
    };
    return { one, other, stop };
  });

  it('are waited for, said to be away once, and had when the server is there', async () => {
    await server.kill();
    const [leases, impatient] = [open(), new AbortController()];
    const lease = leases.acquire('late', { value: 'patient' });
    const given = leases.acquire('other', { value: 'impatient', signal: impatient.signal });
    await expect(leases.holder('late')).rejects.toBeInstanceOf(LeasesUnavailable);
    impatient.abort(new Error('no more'));
    await expect(given).rejects.toThrow('no more');
    await server.up();
    expect((await lease).value).toBe('patient');
    expect(troubles).toHaveLength(1);
    await leases.close();
  });

  it('end the waiting when they are closed while the server is away', async () => {
    await server.kill();
    const leases = open();
    const waiting = expect(leases.acquire('never', { value: '' })).rejects.toBeInstanceOf(LeasesClosed);
    await leases.close();
    await waiting;
    await server.up();
  });
});

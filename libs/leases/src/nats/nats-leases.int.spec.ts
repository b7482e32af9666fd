import { setTimeout as delay } from 'node:timers/promises';
import { type NatsConnection } from '@nats-io/transport-node';
import { SystemClock } from '#libs/kernel';
import { connectToNats } from '#libs/messaging/nats';
import { describeWithNats, NatsServer } from '../../../../test/support/nats-server.js';
import { type Lease, LeaseLost, LeasesUnavailable } from '../leases.js';
import { leasesContract } from '../leases.contract.js';
import { LEASE_BUCKET } from './lease-bucket.js';
import { type NatsLeases, openNatsLeases } from './nats-leases.js';

const TTL_MS = 1_000;

describeWithNats('leases on NATS', () => {
  let server: NatsServer;
  let connections: NatsConnection[] = [];
  beforeAll(async () => {
    server = await NatsServer.start();
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const connection of connections) await connection.close();
    connections = [];
  });

  const connect = async (): Promise<NatsConnection> => {
    const connection = await connectToNats({ servers: [server.url], name: 'spec' });
    connections.push(connection);
    return connection;
  };
  const open = async (ttlMs = TTL_MS): Promise<NatsLeases> =>
    openNatsLeases({ connection: await connect(), clock: new SystemClock(), ttlMs });

  /** Each test on names of its own would do; a bucket of its own also shows that epochs grow without one. */
  const emptied = async (): Promise<void> => {
    const { jetstreamManager } = await import('@nats-io/jetstream');
    await (await jetstreamManager(await connect())).streams.delete(`KV_${LEASE_BUCKET}`);
  };

  leasesContract('NATS', async () => {
    const [one, other] = [await open(), await open()];
    const stop = async (): Promise<void> => {
      await one.close();
      await other.close();
      await emptied();
    };
    return { one, other, stop };
  });

  const lostOf = (lease: Lease): Promise<number> =>
    new Promise((resolve) => lease.lost.addEventListener('abort', () => resolve(performance.now()), { once: true }));

  describe('leases on a server', () => {
    it('keep a lease for many times its time to live', async () => {
      const [one, other] = [await open(400), await open(400)];
      const lease = await one.acquire('kept', { value: 'one' });
      const waiting = other.acquire('kept', { value: 'other', signal: AbortSignal.timeout(2_500) });
      await expect(waiting).rejects.toThrow();
      expect(lease.lost.aborted).toBe(false);
      expect(await other.holder('kept')).toEqual({ value: 'one', epoch: lease.epoch });
      await one.close();
    });

    it('tell the holder that its lease is lost before anybody else gets it, when its connection is gone', async () => {
      const [one, other] = [await open(), await open()];
      const lease = await one.acquire('cut', { value: 'one' });
      const lost = lostOf(lease);
      const taken = other.acquire('cut', { value: 'other' }).then((next) => ({ next, at: performance.now() }));
      await connections[0]?.close();
      const at = await lost;
      const { next, at: takenAt } = await taken;
      expect(lease.lost.reason).toEqual(new LeaseLost('cut', 'expired'));
      expect(takenAt).toBeGreaterThan(at);
      expect(next.epoch > lease.epoch).toBe(true);
      await other.close();
    });

    it('are waited for, as long as the caller likes, when the connection is gone already', async () => {
      const one = await open();
      await connections.at(-1)?.close();
      const ended = AbortSignal.timeout(300);
      await expect(one.acquire('gone', { value: 'one', signal: ended })).rejects.toMatchObject({ name: 'TimeoutError' });
      await one.close();
    });

    it('survive a server that is killed and comes back in time', async () => {
      const one = await open(4_000);
      const lease = await one.acquire('short', { value: 'one' });
      await server.kill();
      await expect(one.holder('short')).rejects.toBeInstanceOf(LeasesUnavailable);
      await server.up();
      await delay(4_000);
      expect(lease.lost.aborted).toBe(false);
      expect(await one.holder('short')).toEqual({ value: 'one', epoch: lease.epoch });
      await one.close();
    });

    it('are lost with a server that stays away, and had again when it is back', async () => {
      const [one, other] = [await open(), await open()];
      const lease = await one.acquire('long', { value: 'one' });
      const waiting = other.acquire('long', { value: 'other' });
      await server.kill();
      await lostOf(lease);
      await delay(TTL_MS);
      await server.up();
      const next = await waiting;
      expect(next.epoch > lease.epoch).toBe(true);
      await other.close();
    });

    it('are lost when the server is frozen, and waited for until it goes on', async () => {
      const [one, other] = [await open(), await open()];
      const lease = await one.acquire('frozen', { value: 'one' });
      const waiting = other.acquire('frozen', { value: 'other' });
      server.freeze();
      await lostOf(lease);
      server.thaw();
      expect((await waiting).epoch > lease.epoch).toBe(true);
      await other.close();
    });

    it('never have two holders at a time, whatever happens to the server', async () => {
      const processes = [await open(300), await open(300), await open(300)];
      const held: { from: number; until: number; epoch: bigint }[] = [];
      const stop = new AbortController();
      const contend = async (leases: NatsLeases): Promise<void> => {
        while (!stop.signal.aborted) {
          const lease = await leases.acquire('contended', { value: 'x', signal: stop.signal }).catch(() => undefined);
          if (!lease) return;
          const from = performance.now();
          // Kept until it is lost, or for a while.
          const lost = lostOf(lease);
          await Promise.race([lost, delay(150)]);
          await lease.release();
          held.push({ from, until: await lost, epoch: lease.epoch });
        }
      };
      const contending = Promise.all(processes.map(contend));
      for (let round = 0; round < 6; round += 1) {
        await delay(500);
        if (round % 2 === 0) {
          await server.kill();
          await delay(round * 100);
          await server.up();
        } else {
          server.freeze();
          await delay(400);
          server.thaw();
        }
      }
      await delay(2_000);
      stop.abort();
      await contending;
      for (const leases of processes) await leases.close();
      held.sort((a, b) => a.from - b.from);
      expect(held.length).toBeGreaterThan(10);
      expect(held.filter(({ from }, at) => from < (held[at - 1]?.until ?? 0))).toEqual([]);
      expect(held.filter(({ epoch }, at) => epoch <= (held[at - 1]?.epoch ?? 0n))).toEqual([]);
    });

    it('have growing epochs also when the bucket was lost', async () => {
      const one = await open();
      const lease = await one.acquire('wiped', { value: 'one' });
      await emptied();
      await lostOf(lease);
      const next = await one.acquire('wiped', { value: 'one' });
      expect(next.epoch > lease.epoch).toBe(true);
      await one.close();
    });

    it('do not name a holder that has not renewed for its time to live', async () => {
      const [one, other] = [await open(400), await open(400)];
      const { epoch } = await one.acquire('dead', { value: 'one' });
      await connections[0]?.close();
      expect(await other.holder('dead')).toEqual({ value: 'one', epoch });
      await delay(500);
      expect(await other.holder('dead')).toBeUndefined();
    });

    it('recognise their own writing after an answer was lost', async () => {
      const one = await open(4_000);
      const lease = await one.acquire('silent', { value: 'one' });
      // Longer than a renewal and the wait for its answer, shorter than the lease is trusted: what was given up is written afterwards.
      for (let time = 0; time < 2; time += 1) {
        server.freeze();
        await delay(1_800);
        server.thaw();
        await delay(1_200);
      }
      expect(lease.lost.aborted).toBe(false);
      await one.close();
      expect(await (await open()).holder('silent')).toBeUndefined();
    });
  });
});

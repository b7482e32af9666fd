import { type Lease, LeaseLost, type Leases, LeasesClosed } from './leases.js';

/** Two processes that contend; where there is one process only, both are it. */
export type LeasesWorld = { readonly one: Leases; readonly other: Leases; readonly stop: () => Promise<void> };

/** Turns of the event loop and round trips to a server, in which something would have happened if it did. */
const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

const settled = async (promise: Promise<unknown>): Promise<boolean> => {
  let done = false;
  promise.then(
    () => (done = true),
    () => (done = true),
  );
  await aWhile();
  return done;
};

/** What every adapter does. */
export const leasesContract = (adapter: string, open: () => Promise<LeasesWorld>): void => {
  describe(`leases: ${adapter}`, () => {
    let world: LeasesWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.stop());

    it('gives a free lease at once, and says who has it', async () => {
      const { one, other } = world;
      expect(await other.holder('writer')).toBeUndefined();
      const lease = await one.acquire('writer', { value: 'http://one:4000' });
      expect([lease.name, lease.value, lease.lost.aborted]).toEqual(['writer', 'http://one:4000', false]);
      expect(await other.holder('writer')).toEqual({ value: 'http://one:4000', epoch: lease.epoch });
      expect(await other.holder('another')).toBeUndefined();
    });

    it('gives a lease to one of many who ask at the same time, then to one after the other, with growing epochs', async () => {
      const { one, other } = world;
      let [holders, most] = [0, 0];
      const epochs: bigint[] = [];
      const hold = async (leases: Leases, index: number): Promise<void> => {
        const lease = await leases.acquire('writer', { value: String(index) });
        holders += 1;
        most = Math.max(most, holders);
        epochs.push(lease.epoch);
        await new Promise((resolve) => setTimeout(resolve, 5));
        expect(lease.lost.aborted).toBe(false);
        holders -= 1;
        await lease.release();
      };
      await Promise.all(Array.from({ length: 6 }, (_, index) => hold(index % 2 ? one : other, index)));
      expect([most, epochs.length, new Set(epochs).size]).toEqual([1, 6, 6]);
      expect([...epochs].sort((a, b) => (a < b ? -1 : 1))).toEqual(epochs);
    });

    it('hands a released lease over at once', async () => {
      const { one, other } = world;
      const first = await one.acquire('writer', { value: 'one' });
      const second = other.acquire('writer', { value: 'other' });
      expect(await settled(second)).toBe(false);
      await first.release();
      const began = performance.now();
      const lease = await second;
      expect(performance.now() - began).toBeLessThan(500);
      expect(lease.epoch > first.epoch).toBe(true);
      expect(await one.holder('writer')).toEqual({ value: 'other', epoch: lease.epoch });
    });

    it('tells the holder that it released, once, and lets it release again', async () => {
      const lease = await world.one.acquire('writer', { value: 'one' });
      let told = 0;
      lease.lost.addEventListener('abort', () => (told += 1));
      await lease.release();
      await lease.release();
      expect(told).toBe(1);
      expect(lease.lost.reason).toBeInstanceOf(LeaseLost);
      expect(await world.other.holder('writer')).toBeUndefined();
    });

    it('stops waiting when asked to, and leaves the lease to others', async () => {
      const { one, other } = world;
      const held = await one.acquire('writer', { value: 'one' });
      const impatient = new AbortController();
      const given = other.acquire('writer', { value: 'impatient', signal: impatient.signal });
      const patient = other.acquire('writer', { value: 'patient' });
      await aWhile();
      impatient.abort(new Error('no more'));
      await expect(given).rejects.toThrow('no more');
      await held.release();
      expect((await patient).value).toBe('patient');
      await expect(one.acquire('x', { value: 'late', signal: impatient.signal })).rejects.toThrow('no more');
    });

    it('keeps leases of different names apart, whatever characters they hold', async () => {
      const names = [
        'a.b',
        'a',
        'a.b.c',
        'A',
        'a b',
        'ä',
        '*',
        '>',
        '.',
        '=2A',
        'projection/predictions',
        'x'.repeat(200),
        '\u{1F600}',
        '$',
      ];
      const leases: Lease[] = [];
      for (const name of names) leases.push(await world.one.acquire(name, { value: name }));
      for (const lease of leases) expect(await world.other.holder(lease.name)).toEqual({ value: lease.name, epoch: lease.epoch });
    });

    it('refuses a name that is empty', async () => {
      await expect(world.one.acquire('', { value: '' })).rejects.toThrow(TypeError);
      await expect(world.one.holder('')).rejects.toThrow(TypeError);
    });

    it('releases what it holds and refuses who waits when it is closed', async () => {
      const { one } = world;
      const lease = await one.acquire('writer', { value: 'one' });
      const waiting = one.acquire('writer', { value: 'two' });
      const refused = expect(waiting).rejects.toBeInstanceOf(LeasesClosed);
      await aWhile();
      await one.close();
      await refused;
      expect(lease.lost.aborted).toBe(true);
      await expect(one.acquire('writer', { value: 'three' })).rejects.toBeInstanceOf(LeasesClosed);
      await expect(one.holder('writer')).rejects.toBeInstanceOf(LeasesClosed);
    });
  });
};

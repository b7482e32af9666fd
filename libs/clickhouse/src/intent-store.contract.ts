import { type Intent, type IntentStore } from './intent-store.js';

/** A place for intents, and what another process would see that opens it anew. */
export type IntentsWorld = { readonly store: IntentStore; readonly reopen?: () => IntentStore; readonly close: () => Promise<void> };

const intentAt = (position: bigint): Intent => ({
  from: String(position),
  to: `${position + 5n}/${position + 4n}`,
  after: position === 1n ? null : String(position - 1n),
  attempt: 1,
  before: {},
  planned: { a_table: String(position) },
  replayUntil: '0',
});

/** What every place for intents guarantees. */
export const intentStoreContract = (adapter: string, open: () => Promise<IntentsWorld>): void => {
  describe(`${adapter} keeps intents`, () => {
    let world: IntentsWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.close());

    it('has none of a projection that never began', async () => {
      expect(await world.store.load('nothing.v1')).toBeUndefined();
    });

    it('gives the last one of each projection, exact above 2^53', async () => {
      const { store } = world;
      for (const name of ['sales.v1', 'sales.v2']) await store.load(name);
      for (const position of [1n, 2n ** 60n + 1n]) await store.save('sales.v1', intentAt(position));
      await store.save('sales.v2', intentAt(7n));
      expect([await store.load('sales.v1'), await store.load('sales.v2')]).toEqual([intentAt(2n ** 60n + 1n), intentAt(7n)]);
    });

    it('takes another one after it was asked for the last', async () => {
      const { store } = world;
      await store.load('sales.v1');
      await store.save('sales.v1', intentAt(1n));
      await store.load('sales.v1');
      await store.save('sales.v1', intentAt(9n));
      expect(await store.load('sales.v1')).toEqual(intentAt(9n));
    });

    it('still has them after it was opened anew', async () => {
      const { store, reopen } = world;
      if (!reopen) return;
      await store.load('sales.v1');
      await store.save('sales.v1', intentAt(3n));
      const again = reopen();
      expect(await again.load('sales.v1')).toEqual(intentAt(3n));
      await again.save('sales.v1', intentAt(4n));
      expect(await again.load('sales.v1')).toEqual(intentAt(4n));
    });
  });
};

import { positionOf } from '#libs/kernel';
import { type CheckpointStore } from './checkpoint-store.js';

/** What every place for checkpoints guarantees. `open` gives an empty one on each call, and the same again by `reopen`. */
export const checkpointStoreContract = (
  adapter: string,
  open: () => Promise<{ readonly checkpoints: CheckpointStore; close(): Promise<void>; reopen?(): Promise<CheckpointStore> }>,
): void => {
  describe(`${adapter} keeps checkpoints`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    it('has none of a subscription that never saved one', async () => {
      expect(await opened.checkpoints.load('nobody')).toBeUndefined();
    });

    it('gives the last one of each, exact above 2^53', async () => {
      const { checkpoints } = opened;
      for (const position of [1n, 2n, 2n ** 60n + 1n]) await checkpoints.save('reader', positionOf(position));
      await checkpoints.save('other', positionOf(7n));
      expect([await checkpoints.load('reader'), await checkpoints.load('other')]).toEqual([positionOf(2n ** 60n + 1n), positionOf(7n)]);
    });

    it('goes back when it is told to', async () => {
      await opened.checkpoints.save('reader', positionOf(9n));
      await opened.checkpoints.save('reader', positionOf(3n));
      expect(await opened.checkpoints.load('reader')).toEqual(positionOf(3n));
    });

    it('still has them after it was opened anew', async () => {
      if (!opened.reopen) return;
      await opened.checkpoints.save('reader', positionOf(9n));
      expect(await (await opened.reopen()).load('reader')).toEqual(positionOf(9n));
    });
  });
};

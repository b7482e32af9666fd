import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LaneMemory } from '../../libs/predictions/src/lane-memory.js';
import { Snapshots } from '../../libs/predictions/src/snapshots.js';
import { codec, EndlessPredictions, ROWS, SMALL, STREAM } from './endless-predictions.mjs';

const KILLS = 10;
/** Batches the log has beyond the last snapshot when it is looked at. */
const MORE = 3;

describe('the known ids of a lane, killed while tables are sealed and snapshots written', () => {
  const directory = mkdtempSync(join(tmpdir(), 'known-ids-kill-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it(`are those of the log at every start, ${KILLS} times in a row`, async () => {
    if (!existsSync('dist/libs/predictions/src/lane-memory.js')) throw new Error('this test runs the built library: npm run build first');
    const reached: number[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const child = spawn(process.execPath, ['test/crash/known-ids-child.mjs', directory], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      await delay(150 + ((kill * 67) % 130));
      child.kill('SIGKILL');
      await once(child, 'exit');

      const snapshot = await new Snapshots(directory, SMALL).load(STREAM);
      snapshot?.ids.close();
      snapshot?.keys.close();
      const batches = Number(snapshot?.next ?? 0n) + MORE;
      const memory = new LaneMemory({
        ...{ stream: STREAM, store: new EndlessPredictions(batches), codec, snapshotEvery: Infinity },
        snapshots: new Snapshots(directory, SMALL),
      });
      await memory.open();
      const last = batches * ROWS;
      const held = Array.from({ length: Math.min(last, SMALL.idsMax) }, (_, index) => last - 1 - index);
      expect(held.filter((n) => memory.find(`p${n}`)?.high !== n)).toEqual([]);
      expect([memory.records, memory.find(`p${last}`)]).toEqual([last, undefined]);
      reached.push(batches);
    }
    // Every life went on from the snapshot of the one before.
    expect(reached).toEqual(reached.toSorted((a, b) => a - b));
    expect(reached.at(-1)).toBeGreaterThan(SMALL.idsMax / ROWS);
  }, 60_000);
});

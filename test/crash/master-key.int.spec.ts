import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openKeyDirectory } from '#libs/keys/directory';

const ROUNDS = 60;
const BUILT = join(process.cwd(), 'dist/libs/keys/src/directory/index.js');

describe('the master key', () => {
  const around = mkdtempSync(join(tmpdir(), 'master-key-'));
  const arrived = new SharedArrayBuffer(4);
  let threads: Worker[] = [];
  beforeAll(() => {
    if (!existsSync(BUILT)) throw new Error('this test runs the built library: npm run build comes first, npm test does it');
    threads = [0, 1].map(() => new Worker(new URL('./master-key-thread.mjs', import.meta.url), { workerData: arrived }));
  });
  afterAll(async () => {
    for (const thread of threads) await thread.terminate();
    rmSync(around, { recursive: true });
  });

  const answer = async (thread: Worker, directory: string): Promise<unknown> => {
    const said = once(thread, 'message');
    thread.postMessage(directory);
    const [key] = await said;
    return key;
  };

  it('is one, and the same after a restart, for two that start together under one process id', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const directory = join(around, String(round));
      const keys = await Promise.all(threads.map((thread) => answer(thread, directory)));
      const later = openKeyDirectory(directory).digestKey;
      expect([keys, readdirSync(directory)]).toEqual([[later, later], ['master.key']]);
    }
  });
});

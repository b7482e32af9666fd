import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type FaultKind } from '../support/eventstore-facade/protocol.js';
import { type Facade, startFacade } from '../support/eventstore-facade/start-facade.js';

const APPENDS = 6;
const BUILT = path.join(process.cwd(), 'dist/libs/event-store/src/eventstoredb/index.js');

/** Runs the writer to its end. Resolves with its exit code and what it complained of. */
const run = async (url: string, mode: 'plain' | 'batch'): Promise<{ code: unknown; complaints: string }> => {
  const child = spawn(process.execPath, [path.join(process.cwd(), 'test/crash/append-to-server.mjs'), url, mode, String(APPENDS)], {
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (bytes: Buffer) => (complaints += bytes.toString()));
  const [code]: unknown[] = await once(child, 'close');
  return { code, complaints };
};

describe('replies of a server that nobody waits for', () => {
  let facade: Facade;
  beforeAll(() => {
    if (!existsSync(BUILT)) throw new Error('run `npm run build` first: this spec starts the compiled program');
  });
  beforeEach(async () => {
    facade = await startFacade();
  });
  afterEach(() => facade.stop());

  it.each<FaultKind>(['answer-twice', 'answer-late', 'answer-unknown-id'])(
    '%s: do not end the process, and every append is written once',
    async (kind) => {
      await facade.control.inject(
        kind === 'answer-late' ? { kind, delayMs: 50, times: 3 } : { kind: kind === 'answer-twice' ? kind : 'answer-unknown-id', times: 3 },
      );
      expect(await run(facade.url, 'batch')).toEqual({ code: 0, complaints: '' });
      const written = (await facade.control.entries()).filter(({ stream }) => stream === 'tick-1');
      expect(written.map(({ revision }) => Number(revision))).toEqual(Array.from({ length: APPENDS }, (_, index) => index));
      expect(new Set(written.map(({ id }) => id)).size).toBe(APPENDS);
    },
  );

  it('end with the process when it closes its store, which nothing keeps alive', async () => {
    expect(await run(facade.url, 'plain')).toEqual({ code: 0, complaints: '' });
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ENGINE = pathToFileURL(join(process.cwd(), 'dist/libs/clickhouse/src/chdb/index.js')).href;
/** A process of its own, as the library is loaded once: opens the engine and tells what its allocator was told. */
const SCRIPT = `
const { openChdb } = await import(${JSON.stringify(ENGINE)});
const { Session } = (await import('chdb')).default;
const engine = openChdb({ path: process.argv[1] });
const session = new Session(process.argv[1]);
process.stdout.write(String(session.query('SELECT * FROM system.jemalloc_stats', 'TSVRaw')));
session.close();
await engine.close();
`;

describe('the allocator of the embedded engine', () => {
  const path = mkdtempSync(join(tmpdir(), 'driftledger-allocator-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));

  const keepsFreedPages = (environment: Readonly<Record<string, string>>): string | undefined => {
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', SCRIPT, path], {
      env: { ...process.env, ...environment },
      encoding: 'utf8',
    });
    return /opt\.dirty_decay_ms: (\d+)/.exec(stdout)?.[1] ?? stderr;
  };

  it('gives freed pages back after half a second', () => expect(keepsFreedPages({})).toBe('500'));

  it('does what the environment says', () => expect(keepsFreedPages({ JE_MALLOC_CONF: 'dirty_decay_ms:2000' })).toBe('2000'));
});

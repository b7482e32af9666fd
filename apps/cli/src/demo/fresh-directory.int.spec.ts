import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync, mkdirSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freshDirectory } from './fresh-directory.js';

describe('the directory of the demo', () => {
  let data = '';
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'demo-'));
  });
  afterEach(() => rmSync(data, { recursive: true, force: true }));

  it('is made with everything above it', async () => {
    const { path } = await freshDirectory(join(data, 'a', 'b'));
    expect(path).toBe(join(data, 'a', 'b', 'demo'));
    expect(existsSync(path)).toBe(true);
  });

  it('loses what an earlier demo left', async () => {
    const { path, release } = await freshDirectory(data);
    await release();
    const left = readdirSync(path);
    mkdirSync(join(path, 'clickhouse'));
    writeFileSync(join(path, 'clickhouse', 'part'), 'old');
    await (await freshDirectory(data)).release();
    expect(readdirSync(path)).toEqual(left);
  });

  it('is not touched when the demo did not make it', async () => {
    mkdirSync(join(data, 'demo'));
    writeFileSync(join(data, 'demo', 'log.sqlite'), 'precious');
    await expect(freshDirectory(data)).rejects.toMatchObject({ code: 'DEMO_DIRECTORY' });
    expect(readdirSync(join(data, 'demo'))).toEqual(['log.sqlite']);
  });

  it('may be an empty one', async () => {
    mkdirSync(join(data, 'demo'));
    await expect(freshDirectory(data)).resolves.toMatchObject({ path: join(data, 'demo') });
  });

  it('belongs to one demo at a time, and is given back', async () => {
    const { path, release } = await freshDirectory(data);
    writeFileSync(join(path, 'log.sqlite'), 'of the first demo');
    const others = await Promise.allSettled([freshDirectory(data), freshDirectory(data)]);
    for (const other of others) expect(other).toMatchObject({ status: 'rejected', reason: { code: 'DEMO_RUNS' } });
    expect(existsSync(join(path, 'log.sqlite'))).toBe(true);
    await release();
    await expect(freshDirectory(data)).resolves.toMatchObject({ path });
    expect(existsSync(join(path, 'log.sqlite'))).toBe(false);
  });

  it('is taken over from a demo that was killed', async () => {
    const { path } = await freshDirectory(data);
    const gone = spawnSync(process.execPath, ['--version']).pid;
    writeFileSync(join(path, '.demo-runs'), String(gone));
    await expect(freshDirectory(data)).resolves.toMatchObject({ path });
  });

  it('is left alone while a server has it open', async () => {
    const { path, release } = await freshDirectory(data);
    await release();
    mkdirSync(join(path, 'clickhouse'));
    writeFileSync(join(path, 'clickhouse', 'status'), `PID: ${process.ppid}\n`);
    await expect(freshDirectory(data)).rejects.toMatchObject({ code: 'DEMO_RUNS' });
    expect(existsSync(join(path, 'clickhouse', 'status'))).toBe(true);
  });
});

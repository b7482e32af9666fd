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
    const directory = await freshDirectory(join(data, 'a', 'b'));
    expect(directory).toBe(join(data, 'a', 'b', 'demo'));
    expect(existsSync(directory)).toBe(true);
  });

  it('loses what an earlier demo left', async () => {
    const directory = await freshDirectory(data);
    const [marker] = readdirSync(directory);
    mkdirSync(join(directory, 'clickhouse'));
    writeFileSync(join(directory, 'clickhouse', 'part'), 'old');
    await freshDirectory(data);
    expect(readdirSync(directory)).toEqual([marker]);
  });

  it('is not touched when the demo did not make it', async () => {
    mkdirSync(join(data, 'demo'));
    writeFileSync(join(data, 'demo', 'log.sqlite'), 'precious');
    await expect(freshDirectory(data)).rejects.toMatchObject({ code: 'DEMO_DIRECTORY' });
    expect(readdirSync(join(data, 'demo'))).toEqual(['log.sqlite']);
  });

  it('may be an empty one', async () => {
    mkdirSync(join(data, 'demo'));
    await expect(freshDirectory(data)).resolves.toBe(join(data, 'demo'));
  });
});

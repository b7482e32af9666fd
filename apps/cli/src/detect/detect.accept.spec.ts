import { describe, expect, it } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../../../dist/apps/cli/src/main.js');

const detect = (
  input: string,
  ...argv: readonly string[]
): { readonly status: number | null; readonly out: string; readonly err: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'detect', ...argv], { input, encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
};

describe('detect with a stream on the standard input', () => {
  it('is read to its end: half a million numbers', () => {
    const input = Array.from({ length: 500_000 }, (_, i) => `${(i % 2) + (i < 300_000 ? 0 : 1)}\n`).join('');
    const { status, out } = detect(input, '--method', 'adwin', '--json', '-');
    expect(status).toBe(0);
    const { changes } = JSON.parse(out) as { changes: number[] };
    expect(changes).toHaveLength(1);
    expect(changes[0]).toBeGreaterThanOrEqual(300_000);
    expect(changes[0]).toBeLessThan(300_200);
  });

  it('ends without a complaint when whoever reads its answer has seen enough', async () => {
    const child = spawn(process.execPath, [MAIN, 'detect', '--method', 'cusum', '--json', '-'], { stdio: 'pipe' });
    let complaints = '';
    child.stderr.on('data', (bytes: Buffer) => (complaints += bytes.toString()));
    // A change every forty values: an answer larger than what a pipe holds.
    child.stdin.end(Array.from({ length: 1_000_000 }, (_, i) => `${(i % 2) + 100 * (Math.floor(i / 40) % 2)}\n`).join(''));
    child.stdout.once('data', () => child.stdout.destroy());
    const [status] = (await once(child, 'exit')) as [number | null];
    expect([status, complaints]).toEqual([0, '']);
  });

  it('ends with status 1 and the place of the first line that is no number', () => {
    expect(detect('1\n2\nx\n', '--method', 'cusum', '-')).toEqual({
      status: 1,
      out: '',
      err: 'error FILE_MALFORMED: standard input:3: each line must be one decimal number, got "x"\n',
    });
  });
});

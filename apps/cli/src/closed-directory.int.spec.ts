import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore } from '#libs/event-store/sqlite';
import { accessStream, principalIdOf } from '#libs/identity';
import { SystemClock } from '#libs/kernel';
import { run } from './program.js';

const data = mkdtempSync(join(tmpdir(), 'driftledger-closed-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));

const cli = async (...argv: readonly string[]): Promise<{ status: number; out: string; err: string }> => {
  let [out, err] = ['', ''];
  const status = await run(argv, { out: (text) => (out += text), err: (text) => (err += text) });
  return { status, out, err };
};

describe('commands on a data directory that no server has open', () => {
  it('make no installation out of a mistyped name', async () => {
    const nowhere = join(data, 'nowhere');
    expect(await cli('migrate', '--data', nowhere)).toMatchObject({ status: 2, err: expect.stringContaining('error DATA: ') });
    expect(existsSync(nowhere)).toBe(false);
  });

  it('migrate once and say so in the log, look for what is wrong, and build an empty projection', async () => {
    await new SqliteEventStore({ file: join(data, 'log.sqlite'), clock: new SystemClock() }).close();
    const before = await cli('doctor', '--data', data);
    expect(before).toMatchObject({
      status: 1,
      out: expect.stringContaining('bring the read model to the newest schema: driftledger migrate'),
    });
    expect(await cli('migrate', '--data', data)).toMatchObject({ status: 0, err: '', out: expect.stringMatching(/^applied \d{14}_/) });
    expect(await cli('migrate', '--data', data)).toMatchObject({
      out: expect.stringMatching(/^The read model has all \d+ migrations\.\n$/),
    });
    const doctor = await cli('doctor', '--data', data, '--thorough');
    expect(doctor).toMatchObject({ status: 0, err: '' });
    expect(doctor.out).toMatch(/^ok {7}event log {2,}SQLite, position 1, every commit waits for the disk$/m);
    const rebuilt = await cli('rebuild', 'alerts', '--data', data, '--json');
    expect(JSON.parse(rebuilt.out)).toMatchObject({ projection: 'alerts', events: 0, equal: true, adopted: true });
    const log = new SqliteEventStore({ file: join(data, 'log.sqlite'), clock: new SystemClock() });
    const acts = [];
    for await (const { type, stream, metadata } of log.readAll()) acts.push([type, stream, metadata.actor, metadata.source]);
    await log.close();
    const actor = { principalId: principalIdOf('driftledger'), kind: 'job', via: 'command line' };
    const act = (type: string, route: string) => [
      type,
      accessStream(actor.principalId),
      actor,
      { surface: 'cli', route, addressClass: 'process' },
    ];
    expect(acts).toEqual([
      act('ReadModelMigrated', 'migrate'),
      act('ProjectionRebuildBegun', 'rebuild'),
      act('ProjectionRebuilt', 'rebuild'),
    ]);
    expect(await cli('rebuild', 'nothing', '--data', data)).toMatchObject({
      status: 2,
      err: expect.stringContaining('PROJECTION_UNKNOWN'),
    });
  });
});

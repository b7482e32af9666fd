import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouse, type Projection } from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import { type StoredEvent } from '#libs/event-store';
import { type CommandMeta, idOfName, instant, positionOf } from '#libs/kernel';
import { RowsThread } from '#libs/platform';

const projection: Projection = {
  name: 'bells',
  version: 1,
  handles: ['Rang', 'Dies', 'Poison'],
  tables: [{ name: 'rung', columns: ['position'], partition: 'none' }],
  rows: () => new Map(),
};
const id = idOfName('bell', 'one');
const meta: CommandMeta = {
  ...{ commandId: id, correlationId: id, causationId: id },
  actor: { principalId: id, kind: 'job', via: 'spec' },
  source: { surface: 'internal', addressClass: 'process' },
};
const event = (position: bigint, type = 'Rang'): StoredEvent => ({
  ...{ id, type, contentType: 'application/json', body: Buffer.from('{}'), stream: 'bell-1', revision: position, recordedAt: instant(0) },
  metadata: { ...meta, schemaVersion: 1, sha256: '', $correlationId: id, $causationId: id },
  position: positionOf(position),
});
const NOTHING: ReadonlyMap<string, bigint> = new Map();

describe('a thread that makes rows', () => {
  const directory = mkdtempSync(join(tmpdir(), 'driftledger-rows-'));
  let clickHouse: ClickHouse;
  let thread: RowsThread;
  beforeAll(async () => {
    clickHouse = openChdb({ path: directory });
    await clickHouse.command('CREATE DATABASE IF NOT EXISTS driftledger');
    await clickHouse.command('CREATE TABLE driftledger.rung (position UInt8) ENGINE = MergeTree ORDER BY position');
    thread = new RowsThread(projection, clickHouse, new URL('./rows-thread-program.mjs', import.meta.url));
  });
  afterAll(async () => {
    await thread.close();
    await clickHouse.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('answers the bytes of rows after the marks, in the structure the table has', async () => {
    const blocks = await thread.makeBlocks([event(3n), event(4n)], new Map([['rung', 3n]]));
    expect(blocks).toEqual([
      {
        table: projection.tables[0],
        rows: { count: 1, structure: 'position UInt8', types: ['UInt8'], body: new Uint8Array([4]) },
        reaches: 4n,
      },
    ]);
  });

  it('passes on why it could not, and goes on', async () => {
    await expect(thread.makeBlocks([event(5n, 'Poison')], NOTHING)).rejects.toThrow('it cannot be read');
    expect(await thread.makeBlocks([event(6n)], NOTHING)).toMatchObject([{ reaches: 6n }]);
  });

  it('is started again after it died; who waited hears of it', async () => {
    await expect(thread.makeBlocks([event(7n, 'Dies')], NOTHING)).rejects.toThrow('the thread that makes rows of bells ended with 7');
    expect(await thread.makeBlocks([event(8n)], NOTHING)).toMatchObject([{ reaches: 8n }]);
  });

  it('takes one question at a time', async () => {
    const first = thread.makeBlocks([event(9n)], NOTHING);
    await expect(thread.makeBlocks([event(10n)], NOTHING)).rejects.toThrow('rows of bells are being made already');
    expect(await first).toMatchObject([{ reaches: 9n }]);
  });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventCodec } from '#libs/event-store';
import { InMemoryEventStore } from '#libs/event-store/memory';
import { randomId } from '#libs/kernel';
import { producerMeta } from '../../../test/support/intake-world.js';
import { type Digest64, packDigests } from './content.js';
import { PREDICTION_EVENTS, PredictionBatchRecorded } from './events.js';
import { LaneMemory } from './lane-memory.js';
import { IntakeRefused } from './refusals.js';
import { Snapshots } from './snapshots.js';

const STREAM = 'predictions-known';
const ROWS = 512;
/** Tables of 3,072 ids: a file is made of each. */
const SMALL = { slotsMax: 4_096, idsMax: 80_000 };

describe('what a lane remembers, with tables so small that they are sealed all the time', () => {
  const codec = new EventCodec(PREDICTION_EVENTS);
  const digestOf = (n: number): Digest64 => ({ high: n, low: 7 });
  let directory: string;
  let store: InMemoryEventStore;
  let written = 0;

  const memoryOf = (): LaneMemory =>
    new LaneMemory({ stream: STREAM, store, codec, snapshots: new Snapshots(directory, SMALL), snapshotEvery: 1_000 });
  /** One batch in the log, which the memory is told of as the lane does it. */
  const batch = async (memory: LaneMemory): Promise<void> => {
    const rows = Array.from({ length: ROWS }, (_, row) => ({ id: `p${written + row}`, digest: digestOf(written + row) }));
    const data = {
      ...{ deploymentId: randomId(), schemaVersion: 0, salt: '', base: 0, rows: ROWS, requests: [], features: {} },
      columns: { id: rows.map(({ id }) => id), digests: packDigests(rows.map(({ digest }) => digest)) ?? '', at: rows.map(() => 0) },
    };
    const event = codec.encode(PredictionBatchRecorded.make(data), producerMeta(), randomId());
    const { revision } = await store.append(STREAM, [event], { expected: memory.expected });
    memory.appended(revision, event.id);
    memory.remember(rows, []);
    written += ROWS;
    await memory.keep();
  };
  const lost = (memory: LaneMemory): readonly number[] =>
    Array.from({ length: written }, (_, n) => n).filter((n) => memory.find(`p${n}`)?.high !== n);
  const files = (): readonly string[] => readdirSync(directory).filter((name) => name.endsWith('.sealed'));

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'lane-memory-'));
    store = new InMemoryEventStore();
    written = 0;
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('finds every id while tables are sealed behind it, and after a start from files', async () => {
    const memory = memoryOf();
    await memory.open();
    for (let n = 0; n < 80; n += 1) await batch(memory);
    expect(lost(memory)).toEqual([]);
    await memory.close();
    expect(files()).toHaveLength(13);
    const restarted = memoryOf();
    await restarted.open();
    expect([restarted.records, lost(restarted)]).toEqual([written, []]);
    await restarted.close();
  });

  it('finds every id after a start without an orderly end before it', async () => {
    for (let life = 0; life < 6; life += 1) {
      // Left as it is in the middle of its work, like a process that was killed.
      const memory = memoryOf();
      await memory.open();
      expect([memory.records, lost(memory)]).toEqual([written, []]);
      for (let n = 0; n < 9 + life; n += 1) await batch(memory);
    }
    expect(files().length).toBeGreaterThan(5);
  });

  it('reads the log again when a file is damaged under it, and says so to who asks meanwhile', async () => {
    const memory = memoryOf();
    await memory.open();
    for (let n = 0; n < 40; n += 1) await batch(memory);
    const path = join(directory, files()[0] ?? '');
    writeFileSync(path, readFileSync(path).fill(0, 0, 40_000));
    expect(() => lost(memory)).toThrow(IntakeRefused);
    await memory.open();
    expect([memory.records, lost(memory)]).toEqual([written, []]);
    await memory.close();
  });
});

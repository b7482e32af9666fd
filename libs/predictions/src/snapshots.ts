import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { ENTRY_WORDS } from './id-table.js';
import { type FullTable, KnownIds, type KnownIdsLimits, type KnownState } from './known-ids.js';
import { SealedIds, SealedIdsDamaged, sealIds } from './sealed-ids.js';

/** The two sets a lane keeps; part of names of files. */
export type KnownSet = 'ids' | 'keys';

/** Where in its log a snapshot was taken. */
export type SnapshotPlace = {
  /** First revision that is not in it, and the id of the event before that: it says which log this was taken from. */
  readonly next: bigint;
  readonly last: string;
  readonly records: number;
};

/** What a lane writes down so as not to read its whole stream at every start. */
export type Snapshot = SnapshotPlace & Readonly<Record<KnownSet, KnownState>>;

const State = z.object({
  serial: z.int(),
  length: z.int().min(0).multipleOf(ENTRY_WORDS),
  crc: z.int(),
  sealed: z.array(z.object({ serial: z.int(), check: z.int() })),
});
const Header = z.object({ format: z.literal(3), next: z.string(), last: z.string(), records: z.int(), ids: State, keys: State });
type StateHead = z.infer<typeof State>;

/**
 * Snapshots as files: a header in JSON, a file with the entries of the newest table of each set, and the files of sealed tables. They are a
 * convenience: a missing or damaged one only costs time, because the log is read instead. The header is written last, beside and renamed, and files
 * it does not name go after that, so that a crash leaves the old snapshot whole, or the new one.
 */
export class Snapshots {
  constructor(
    private readonly directory: string,
    private readonly limits: KnownIdsLimits = {},
  ) {}

  /** An empty set, of the size this directory is for. */
  empty(): KnownIds {
    return new KnownIds(this.limits);
  }

  /** Undefined when there is none, or none that can be believed. Who takes it closes the sets. */
  async load(stream: string): Promise<(SnapshotPlace & Readonly<Record<KnownSet, KnownIds>>) | undefined> {
    const header = Header.safeParse(jsonOf((await this.read(`${stream}.known`))?.toString('utf8') ?? ''));
    if (!header.success) return undefined;
    const { next, last, records } = header.data;
    const ids = await this.known(stream, 'ids', header.data);
    const keys = ids && (await this.known(stream, 'keys', header.data));
    if (!keys) ids?.close();
    return ids && keys && { next: BigInt(next), last, records, ids, keys };
  }

  /** Writes what `snapshot` held when this was called, whatever becomes of the sets meanwhile. */
  async save(stream: string, { next, last, records, ids, keys }: Snapshot): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    const heads = { ids: await this.write(stream, 'ids', next, ids), keys: await this.write(stream, 'keys', next, keys) };
    const header = JSON.stringify({ format: 3, next: next.toString(), last, records, ...heads });
    await durably(join(this.directory, `${stream}.known.new`), Buffer.from(header));
    await rename(join(this.directory, `${stream}.known.new`), join(this.directory, `${stream}.known`));
    const kept = new Set([...namesOf(stream, 'ids', next, ids), ...namesOf(stream, 'keys', next, keys)]);
    const old = (await this.files(stream)).filter((file) => /\.(ids|keys)-\d+(-\d+|\.sealed)$/.test(file) && !kept.has(file));
    await Promise.all(old.map((file) => rm(join(this.directory, file), { force: true })));
  }

  /** Makes a file of a full table, for `KnownIds.adopt`. It counts from the next snapshot on. */
  async seal(stream: string, set: KnownSet, { serial, table }: FullTable): Promise<Parameters<KnownIds['adopt']>[0]> {
    await mkdir(this.directory, { recursive: true });
    const path = join(this.directory, sealedName(stream, set, serial));
    await sealIds(path, table);
    return { serial, ...SealedIds.open(path, table.slotsMax) };
  }

  /** Forgets a snapshot, such as one that was written for a log that is gone. */
  async discard(stream: string): Promise<void> {
    await Promise.all((await this.files(stream)).map((file) => rm(join(this.directory, file), { force: true })));
  }

  private async known(stream: string, set: KnownSet, header: z.infer<typeof Header>): Promise<KnownIds | undefined> {
    const { serial, length, crc, sealed } = header[set];
    const bytes = await this.read(entriesName(stream, set, serial, header.next));
    if (bytes?.length !== length * 4 || crc32(bytes) !== crc) return undefined;
    const known = this.empty();
    try {
      for (const head of sealed) {
        const opened = SealedIds.open(join(this.directory, sealedName(stream, set, head.serial)), known.slotsMax);
        known.adopt({ serial: head.serial, ...opened });
        if (opened.ids.check !== head.check) throw new SealedIdsDamaged(sealedName(stream, set, head.serial));
      }
    } catch (error) {
      known.close();
      if (error instanceof SealedIdsDamaged) return undefined;
      throw error;
    }
    const entries = new Uint32Array(length);
    new Uint8Array(entries.buffer).set(bytes);
    known.restore({ serial, entries });
    return known;
  }

  private async write(stream: string, set: KnownSet, next: bigint, { serial, entries, sealed }: KnownState): Promise<StateHead> {
    const bytes = new Uint8Array(entries.buffer, entries.byteOffset, entries.byteLength);
    await durably(join(this.directory, entriesName(stream, set, serial, next.toString())), bytes);
    return { serial, length: entries.length, crc: crc32(bytes), sealed: [...sealed] };
  }

  private async files(stream: string): Promise<readonly string[]> {
    return (await readdir(this.directory).catch(() => [])).filter((file) => file.startsWith(`${stream}.`));
  }

  private async read(name: string): Promise<Buffer | undefined> {
    return readFile(join(this.directory, name)).catch((error: unknown) => {
      if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    });
  }
}

const entriesName = (stream: string, set: KnownSet, serial: number, next: string): string => `${stream}.${set}-${serial}-${next}`;
const sealedName = (stream: string, set: KnownSet, serial: number): string => `${stream}.${set}-${serial}.sealed`;
const namesOf = (stream: string, set: KnownSet, next: bigint, { serial, sealed }: KnownState): readonly string[] => [
  entriesName(stream, set, serial, next.toString()),
  ...sealed.map((table) => sealedName(stream, set, table.serial)),
];

async function durably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

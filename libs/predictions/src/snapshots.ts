import { mkdir, open, readdir, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { type Segment } from './known-ids.js';

type Table = Omit<Segment, 'used'>;

/** What a lane writes down so as not to read its whole stream at every start. */
export type Snapshot = {
  /** First revision that is not in it, and the id of the event before that: it says which log this was taken from. */
  readonly next: bigint;
  readonly last: string;
  readonly records: number;
  readonly ids: readonly Table[];
  readonly keys: readonly Table[];
};

const Tables = z.array(z.object({ serial: z.int(), changes: z.int(), length: z.int().min(0), crc: z.int() }));
const Header = z.object({ format: z.literal(2), next: z.string(), last: z.string(), records: z.int(), ids: Tables, keys: Tables });
type TableHead = z.infer<typeof Tables>[number];

/**
 * Snapshots as files: a header in JSON, and a file per table that is written only when the table has changed. They are a convenience: a
 * missing or damaged one only costs time, because the log is read instead. The header is written last, beside and renamed, so that a
 * crash leaves the old one whole.
 */
export class Snapshots {
  constructor(private readonly directory: string) {}

  /** Undefined when there is none, or none that can be believed. */
  async load(stream: string): Promise<Snapshot | undefined> {
    const header = Header.safeParse(jsonOf((await this.read(`${stream}.known`))?.toString('utf8') ?? ''));
    if (!header.success) return undefined;
    const { next, last, records } = header.data;
    const ids = await this.tables(`${stream}.ids`, header.data.ids);
    const keys = await this.tables(`${stream}.keys`, header.data.keys);
    return ids && keys && { next: BigInt(next), last, records, ids, keys };
  }

  async save(stream: string, { next, last, records, ids, keys }: Snapshot): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    const there = new Set(await readdir(this.directory));
    const heads = { ids: await this.write(`${stream}.ids`, ids, there), keys: await this.write(`${stream}.keys`, keys, there) };
    const header = JSON.stringify({ format: 2, next: next.toString(), last, records, ...heads });
    await durably(join(this.directory, `${stream}.known.new`), (file) => file.write(header));
    await rename(join(this.directory, `${stream}.known.new`), join(this.directory, `${stream}.known`));
    const kept = new Set([...ids.map((table) => fileOf(`${stream}.ids`, table)), ...keys.map((table) => fileOf(`${stream}.keys`, table))]);
    const old = [...there].filter((file) => /\.(ids|keys)-\d+-\d+$/.test(file) && file.startsWith(`${stream}.`) && !kept.has(file));
    await Promise.all(old.map((file) => rm(join(this.directory, file), { force: true })));
  }

  /** Forgets a snapshot, such as one that was written for a log that is gone. */
  async discard(stream: string): Promise<void> {
    const files = await readdir(this.directory).catch(() => []);
    await Promise.all(files.filter((file) => file.startsWith(`${stream}.`)).map((file) => rm(join(this.directory, file), { force: true })));
  }

  private async tables(prefix: string, heads: readonly TableHead[]): Promise<readonly Table[] | undefined> {
    const tables: Table[] = [];
    for (const head of heads) {
      const bytes = await this.read(fileOf(prefix, head));
      if (bytes?.length !== head.length * 4 || crc32(bytes) !== head.crc) return undefined;
      const table = new Uint32Array(head.length);
      new Uint8Array(table.buffer).set(bytes);
      tables.push({ serial: head.serial, changes: head.changes, table });
    }
    return tables;
  }

  private async write(prefix: string, tables: readonly Table[], there: ReadonlySet<string>): Promise<readonly TableHead[]> {
    const heads: TableHead[] = [];
    for (const segment of tables) {
      const { serial, changes, table } = segment;
      const bytes = new Uint8Array(table.buffer, table.byteOffset, table.byteLength);
      heads.push({ serial, changes, length: table.length, crc: crc32(bytes) });
      const name = fileOf(prefix, segment);
      if (!there.has(name)) await durably(join(this.directory, name), (file) => file.writeFile(bytes));
    }
    return heads;
  }

  private async read(name: string): Promise<Buffer | undefined> {
    return readFile(join(this.directory, name)).catch((error: unknown) => {
      if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    });
  }
}

const fileOf = (prefix: string, { serial, changes }: Pick<Table, 'serial' | 'changes'>): string => `${prefix}-${serial}-${changes}`;

async function durably(path: string, write: (file: FileHandle) => Promise<unknown>): Promise<void> {
  const file = await open(path, 'w');
  try {
    await write(file);
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

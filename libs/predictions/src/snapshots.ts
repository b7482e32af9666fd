import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** What a lane writes down so as not to read its whole stream at every start. */
export type Snapshot = {
  /** First revision that is not in it. */
  readonly next: bigint;
  readonly records: number;
  readonly ids: readonly Uint32Array[];
  readonly keys: readonly Uint32Array[];
};

const Header = z.object({ format: z.literal(1), next: z.string(), records: z.int(), ids: z.array(z.int()), keys: z.array(z.int()) });

/**
 * Snapshots as files: a line of JSON, then the tables. They are a convenience: a missing or damaged one only costs time, because the
 * log is read instead. Written beside and renamed, so that a crash leaves the old one.
 */
export class Snapshots {
  constructor(private readonly directory: string) {}

  async load(stream: string): Promise<Snapshot | undefined> {
    const bytes = await readFile(this.file(stream)).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    });
    return bytes && parse(bytes);
  }

  async save(stream: string, { next, records, ids, keys }: Snapshot): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    const lengths = (tables: readonly Uint32Array[]): number[] => tables.map((table) => table.length);
    const header = JSON.stringify({ format: 1, next: next.toString(), records, ids: lengths(ids), keys: lengths(keys) });
    const temporary = `${this.file(stream)}.new`;
    const file = await open(temporary, 'w');
    try {
      await file.write(`${header}\n`);
      for (const table of [...ids, ...keys]) await file.write(new Uint8Array(table.buffer, table.byteOffset, table.byteLength));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.file(stream));
  }

  /** Forgets a snapshot, such as one that was written for a log that is gone. */
  async discard(stream: string): Promise<void> {
    await rm(this.file(stream), { force: true });
  }

  private file(stream: string): string {
    return join(this.directory, `${stream}.known`);
  }
}

function parse(bytes: Buffer): Snapshot | undefined {
  const end = bytes.indexOf(10);
  const header = Header.safeParse(jsonOf(bytes.subarray(0, Math.max(0, end)).toString()));
  if (!header.success) return undefined;
  const lengths = [...header.data.ids, ...header.data.keys];
  let from = end + 1;
  if (bytes.length !== from + lengths.reduce((sum, length) => sum + length * 4, 0)) return undefined;
  const tables = lengths.map((length) => {
    const table = new Uint32Array(length);
    new Uint8Array(table.buffer).set(bytes.subarray(from, from + length * 4));
    from += length * 4;
    return table;
  });
  const { ids, next, records } = header.data;
  return { next: BigInt(next), records, ids: tables.slice(0, ids.length), keys: tables.slice(ids.length) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

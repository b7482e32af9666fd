import { open, mkdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const PositionText = z.string().regex(/^\d{1,20}(\/\d{1,20})?$/);
const Digits = z.string().regex(/^\d{1,20}$/);
const Reach = z.record(z.string(), Digits);
/** The shape of an {@link Intent}, for stores that keep it as text. */
export const IntentSchema = z.object({
  /** First and last position of the batch. */
  from: PositionText,
  to: PositionText,
  /** The event before the batch; null at the start of the log. Reading on after it delivers the batch again. */
  after: PositionText.nullable(),
  /** Part of the deduplication tokens; raised whenever a block may have to be inserted again. */
  attempt: z.int().positive(),
  /** Highest position in each table before the batch, and after it. */
  before: Reach,
  planned: Reach,
  /** Where a repetition of an earlier part of the log ends, 0 when there is none: until then a checkpoint may be too far ahead. */
  replayUntil: Digits,
});

/** What a projection is about to write. Saved before the first row; the next one replaces it, so the last one is always known. */
export type Intent = z.infer<typeof IntentSchema>;

/**
 * Where intents are kept, one per projection. Whoever writes a projection loads its intent before it saves one. Every adapter passes
 * `intent-store.contract.ts`.
 */
export abstract class IntentStore {
  /** Resolves when the intent is durable. Rejects with a transient error where another process may have saved one since. */
  abstract save(projection: string, intent: Intent): Promise<void>;
  /** The one that was saved last. @throws when what is there cannot be an intent: guessing would risk doubled rows */
  abstract load(projection: string): Promise<Intent | undefined>;
}

/** Intents of a projection that lives no longer than the process, such as a rebuild, and of tests. */
export class InMemoryIntentStore extends IntentStore {
  private readonly intents = new Map<string, Intent>();

  async save(projection: string, intent: Intent): Promise<void> {
    this.intents.set(projection, intent);
  }

  async load(projection: string): Promise<Intent | undefined> {
    return this.intents.get(projection);
  }
}

/** One small JSON file per projection, replaced whole: written beside, flushed, renamed, folder flushed. */
export class FileIntentStore extends IntentStore {
  constructor(private readonly directory: string) {
    super();
  }

  async save(projection: string, intent: Intent): Promise<void> {
    const target = this.fileOf(projection);
    const beside = `${target}.next`;
    await mkdir(this.directory, { recursive: true });
    await writeDurably(beside, JSON.stringify(intent));
    await rename(beside, target);
    await flush(this.directory);
  }

  async load(projection: string): Promise<Intent | undefined> {
    const text = await readFile(this.fileOf(projection), 'utf8').catch((error: unknown) => {
      if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    });
    return text === undefined ? undefined : IntentSchema.parse(JSON.parse(text));
  }

  private fileOf(projection: string): string {
    if (!/^[a-z0-9._-]+$/i.test(projection)) throw new TypeError(`${JSON.stringify(projection)} cannot be a file name`);
    return path.join(this.directory, `${projection}.json`);
  }
}

const writeDurably = async (file: string, text: string): Promise<void> => {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const flush = async (directory: string): Promise<void> => {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

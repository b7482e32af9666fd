import { type CataloguedProjection } from '#libs/catalogue';
import {
  type ClickHouse,
  type Comparison,
  type IntentStore,
  ProjectionRunner,
  type Rebuilt,
  projectionId,
  rebuild,
  rebuildPlace,
} from '#libs/clickhouse';
import { type CheckpointStore } from '#libs/event-store';
import { type Position, type Recorded, formatPosition } from '#libs/kernel';
import { type LogSource, batchesFor } from './log-reader.js';

/** Starts again what was paused. */
export type Resume = () => Promise<void>;

/** The reader that keeps a projection's tables up to date, if one runs in this process. */
export type LiveReaders = {
  /** Resolves when the reader of that name stands still. */
  readonly pause: (name: string) => Promise<Resume>;
  /** By which fencing token this process writes it, and when that ends; undefined where only one process can. */
  readonly held?: (name: string) => HeldProjection | undefined;
};

export type HeldProjection = { readonly epoch: bigint; readonly lost: AbortSignal };

/** For a data directory that no server has open: nothing runs. */
export const NO_READERS: LiveReaders = { pause: async () => async () => undefined };

export type RebuildParts = LogSource & {
  readonly clickHouse: ClickHouse;
  readonly intents: IntentStore;
  readonly checkpoints: CheckpointStore;
  readonly live: LiveReaders;
};

export type RebuildStage = 'building' | 'comparing' | 'adopting';
export type RebuildReport = { readonly stage: RebuildStage; readonly events: number; readonly position: string; readonly head: string };

export type RebuildRequest = {
  readonly catalogued: CataloguedProjection;
  /** False: only compare; the live tables stay. */
  readonly adopt: boolean;
  readonly onProgress: (report: RebuildReport) => void;
  readonly signal: AbortSignal;
  /** Fencing token of who may rebuild; none where only one process can. */
  readonly epoch?: bigint;
};

/** A table, live against rebuilt. `surplus` of a differing row is positive where the live table had it more often. */
export type TableOutcome = {
  readonly table: string;
  readonly equal: boolean;
  readonly rows: { readonly live: number; readonly rebuilt: number };
  readonly differences: readonly { readonly row: string; readonly surplus: number }[];
};
export type RebuildOutcome = {
  readonly projection: string;
  readonly events: number;
  readonly equal: boolean;
  readonly adopted: boolean;
  readonly tables: readonly TableOutcome[];
};

/**
 * Builds a projection anew from the log beside its live tables, compares row for row, and puts the new tables in their place.
 *
 * The live reader goes on while most of the log is read; it stands still for what came meanwhile, the comparison and the exchange. A
 * crash anywhere leaves tables that hold exactly what they should: before the exchange the live ones are untouched; during it some
 * are new and some old, and both hold every event up to the same position; that the reader was paused is written nowhere, so the next
 * start reads on.
 */
export const rebuildProjection = async (parts: RebuildParts, request: RebuildRequest): Promise<RebuildOutcome> => {
  const { clickHouse } = parts;
  const { catalogued, adopt, onProgress, epoch } = request;
  const place = rebuildPlace(epoch);
  const held = parts.live.held?.(projectionId(catalogued.projection));
  // Whoever takes the projection over writes the live tables: they are not this process's to exchange any more.
  const signal = held ? AbortSignal.any([request.signal, held.lost]) : request.signal;
  const pass = new Pass(parts, { catalogued, signal, epoch: held?.epoch });
  let reached = { events: 0, position: '0' };
  const tell = (stage: RebuildStage): void => onProgress({ stage, ...reached, head: pass.head });
  try {
    const rebuilt = await rebuild({
      clickHouse,
      projection: catalogued.projection,
      batches: pass.batches(),
      ...{ signal, place },
      onProgress: ({ events, position }) => {
        reached = { events, position: formatPosition(position) };
        tell('building');
      },
    });
    tell('comparing');
    const tables = outcomesOf(await rebuilt.compare());
    signal.throwIfAborted();
    if (adopt) tell('adopting');
    if (adopt) await rebuilt.adopt();
    return {
      projection: catalogued.projection.name,
      events: rebuilt.events,
      equal: tables.every(({ equal }) => equal),
      adopted: adopt,
      tables,
    };
  } finally {
    try {
      await pass.resume();
    } finally {
      // Nothing reads it. What cannot be removed now is removed by the next start or rebuild.
      await clickHouse.command(`DROP DATABASE IF EXISTS ${place} SYNC`).catch(() => undefined);
    }
  }
};

type PassOptions = { readonly catalogued: CataloguedProjection; readonly signal: AbortSignal; readonly epoch: bigint | undefined };

/** One reading of the log, in the middle of which the live reader is brought to a stand. */
class Pass {
  head = '0';
  resume: Resume = async () => undefined;

  constructor(
    private readonly parts: RebuildParts,
    private readonly options: PassOptions,
  ) {}

  async *batches(): AsyncGenerator<readonly Recorded[], void, undefined> {
    const { parts } = this;
    const { catalogued, signal } = this.options;
    const first = await this.readHead();
    if (first) yield* batchesFor(catalogued, parts, { after: undefined, until: first, signal });
    this.resume = await parts.live.pause(projectionId(catalogued.projection));
    const last = await this.readHead();
    if (!last) return;
    await this.settle(last);
    yield* batchesFor(catalogued, parts, { after: first, until: last, signal });
  }

  /**
   * Brings the live tables to exactly this position: a reader that was stopped, or killed, may have written some tables of a batch and
   * not others. The same recovery as at a start, so that it may itself be interrupted.
   */
  private async settle(until: Position): Promise<void> {
    const { clickHouse, intents, checkpoints } = this.parts;
    const { catalogued, signal, epoch } = this.options;
    const { projection } = catalogued;
    const runner = new ProjectionRunner({ projection, clickHouse, intents, ...(epoch !== undefined && { epoch }) });
    const after = await runner.resumeFrom(await checkpoints.load(runner.name));
    for await (const batch of batchesFor(catalogued, this.parts, { after, until, signal })) await runner.handle(batch, signal);
    signal.throwIfAborted();
    await checkpoints.save(runner.name, until);
  }

  private async readHead(): Promise<Position | undefined> {
    const head = await this.parts.store.head();
    if (head) this.head = formatPosition(head);
    return head;
  }
}

const outcomesOf = (compared: Awaited<ReturnType<Rebuilt['compare']>>): readonly TableOutcome[] =>
  [...compared].map(
    ([
      table,
      {
        equal,
        rows: [live, rebuilt],
        differences,
      },
    ]: [string, Comparison]) => ({
      table,
      equal,
      rows: { live, rebuilt },
      differences,
    }),
  );

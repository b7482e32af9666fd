import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { type Position, comparePositions, formatPosition, positionOf } from '#libs/kernel';
import { UInt64, defineQuery } from './define-query.js';
import { ClickHouseError } from './errors.js';
import { type IntentStore } from './intent-store.js';
import { type Block, type Located, type MakeBlocks } from './make-blocks.js';
import { type ClickHouse, type Fence } from './port.js';
import { raiseFence } from './projection-fence.js';
import { type DeriveStep, type Projection, checkProjection, cutByMonth, projectionId } from './projection.js';
import { type Recovery, recover } from './recovery.js';

/** Highest position in a table. Reads one column of the whole table; asked at start, and while repairing. */
const HighestPosition = defineQuery({
  name: 'HighestPosition',
  purpose: 'how far a table of a projection reaches',
  sql: 'SELECT toUInt64(max(position)) AS highest FROM {database:Identifier}.{table:Identifier}',
  params: z.object({ database: z.string(), table: z.string() }),
  row: z.object({ highest: UInt64 }),
});

export type ProjectionWriterOptions = {
  readonly projection: Projection;
  readonly clickHouse: ClickHouse;
  readonly intents: IntentStore;
  /** Fencing token of the lease this process holds; none where only one process can write. */
  readonly epoch?: bigint;
  /** `driftledger` unless said otherwise. */
  readonly database?: string;
  /** Wait before the first repetition after a transient error, doubled each time; 100 ms unless said otherwise. */
  readonly retryDelayMs?: number;
};

const REPETITIONS_MAX = 6;
const START = positionOf(0n);

/** What the runner knows: how far each table reaches, and the last event it has handled. */
type State = Recovery & { written: Record<string, string>; after: Position | undefined };

/**
 * Writes a projection: each event's rows enter each table exactly once, whatever crashes in between.
 *
 * A subscription: ask `resumeFrom` for the position to read after, then deliver batches in log order; save the checkpoint after
 * `handle` has resolved. After an error ask `resumeFrom` again: the runner no longer knows what is in the tables.
 */
export class ProjectionWriter<E extends Located> {
  readonly name: string;
  readonly handles: readonly string[];
  /** A skipped event would make every later number wrong. */
  readonly onPoison = 'stop';
  private readonly database: string;
  private readonly months: boolean;
  private readonly fence: Fence | undefined;
  private state: State | undefined;

  /** @param makeBlocks makes rows of events, here or in another thread */
  constructor(
    private readonly options: ProjectionWriterOptions,
    private readonly makeBlocks: MakeBlocks<E>,
  ) {
    checkProjection(options.projection);
    this.name = projectionId(options.projection);
    this.handles = options.projection.handles;
    this.database = options.database ?? 'driftledger';
    this.fence = options.epoch === undefined ? undefined : { projection: this.name, epoch: options.epoch };
    this.months = options.projection.tables.some((table) => table.partition === 'month');
  }

  /** Looks at the tables and answers the position to read the log after: the checkpoint, or an earlier one when a table lacks rows. */
  async resumeFrom(checkpoint: Position | undefined): Promise<Position | undefined> {
    const { projection, intents, clickHouse } = this.options;
    // Before the tables are looked at: what others still write must be in them, or never come.
    const tables = projection.tables.map(({ name }) => `${this.database}.${name}`);
    if (this.fence) await raiseFence(clickHouse, this.fence, tables);
    const marks = await Promise.all(projection.tables.map(async ({ name }) => [name, await this.reached(name)] as const));
    const intent = await intents.load(this.name);
    const recovery = recover(projection.tables, new Map(marks), intent, checkpoint);
    const written = Object.fromEntries(marks.filter(([, mark]) => mark > 0n).map(([table, mark]) => [table, mark.toString()]));
    this.state = { ...recovery, written, after: recovery.resumeAfter };
    // From the first start on there is an intent, so that a projection without rows need not read the whole log at every start.
    if (!intent) await this.intend(this.state, this.state.after ?? START, this.state.after ?? START, written);
    // Said again under this holder's name: the next intent of a replaced one then has a revision that is taken.
    else if (this.fence) await intents.save(this.name, intent);
    return recovery.resumeAfter;
  }

  /** @throws ClickHouseError when a block could not be written; nothing is lost, see `resumeFrom` */
  async handle(batch: readonly E[], signal?: AbortSignal): Promise<void> {
    await this.write(await this.prepare(batch), signal);
  }

  /** The first half of `handle`, which writes nothing: the rows of the next batch can be made while those of this one are being written. */
  async prepare(batch: readonly E[]): Promise<readonly Prepared[]> {
    const state = this.known();
    const { after } = state;
    // Delivery is at least once: what was handled is not handled again.
    const events = after ? batch.filter((event) => comparePositions(event.position, after) > 0) : batch;
    const prepared: Prepared[] = [];
    for (const piece of this.months ? cutByMonth(events) : [events]) {
      const [first, last] = [piece[0]?.position, piece.at(-1)?.position];
      if (!first || !last) continue;
      const types = new Set(piece.map(({ type }) => type));
      prepared.push({ first, last, types, blocks: await this.makeBlocks(piece, state.marks) });
    }
    return prepared;
  }

  /**
   * The second half. What was prepared is written in the order it was prepared.
   *
   * @throws ClickHouseError as `handle`
   */
  async write(prepared: readonly Prepared[], signal?: AbortSignal): Promise<void> {
    try {
      for (const piece of prepared) await this.project(piece, signal);
    } catch (error) {
      this.state = undefined;
      throw error;
    }
  }

  private known(): State {
    if (!this.state) throw new Error(`${this.name}: resumeFrom has to be asked before events are delivered`);
    return this.state;
  }

  private async project({ first, last, types, blocks }: Prepared, signal: AbortSignal | undefined): Promise<void> {
    const state = this.known();
    if (blocks.length > 0) {
      const planned = { ...state.written, ...Object.fromEntries(blocks.map((block) => [block.table.name, block.reaches.toString()])) };
      await this.intend(state, first, last, planned);
      const range = `${this.name}:${formatPosition(first)}-${formatPosition(last)}`;
      // Side by side, since recovery looks at each table by itself; all of them, since a block still on its way would arrive after it looked.
      const written = await Promise.allSettled(blocks.map((block) => this.insert(block, range, state, signal)));
      for (const outcome of written) if (outcome.status === 'rejected') throw outcome.reason;
      state.written = planned;
    }
    const isDue = (step: DeriveStep): boolean =>
      (!step.types || step.types.some((type) => types.has(type))) && (!step.needs || step.needs in state.written);
    for (const step of this.options.projection.derive?.filter(isDue) ?? []) await this.derive(step.sql, first.commit, last.commit);
    state.after = last;
  }

  private async intend(state: State, from: Position, to: Position, planned: Record<string, string>): Promise<void> {
    await this.options.intents.save(this.name, {
      from: formatPosition(from),
      to: formatPosition(to),
      after: state.after ? formatPosition(state.after) : null,
      attempt: state.attempt,
      before: state.written,
      planned,
      replayUntil: state.replayUntil.toString(),
    });
  }

  /** Inserts a block until it is in the table. A repetition of the same attempt keeps its token; a silent drop takes the next one. */
  private async insert(block: Block, range: string, state: Recovery, signal: AbortSignal | undefined): Promise<void> {
    const { table, rows, reaches } = block;
    let attempt = state.attempt;
    for (let repetition = 0; ; repetition += 1) {
      try {
        await this.options.clickHouse.insert({
          table: `${this.database}.${table.name}`,
          columns: table.columns,
          rows,
          token: `${range}#${attempt}`,
          ...(this.fence ? { fence: this.fence } : {}),
        });
        if (reaches > state.replayUntil || (await this.reached(table.name)) >= reaches) return;
        attempt += 1;
        if (repetition >= REPETITIONS_MAX) throw new Error(`${this.name}: ${table.name} does not keep the block ${range}`);
      } catch (error) {
        if (!(error instanceof ClickHouseError && error.transient) || repetition >= REPETITIONS_MAX) throw error;
        await pause((this.options.retryDelayMs ?? 100) * 2 ** repetition, undefined, signal ? { signal } : {});
        if ((await this.reached(table.name)) >= reaches) return;
      }
    }
  }

  private async derive(sql: string, from: bigint, to: bigint): Promise<void> {
    const text = this.database === 'driftledger' ? sql : sql.replaceAll('driftledger.', `${this.database}.`);
    // A derived block may be the same as an earlier one and still be wanted: its key decides, not its digest.
    await this.options.clickHouse.command(`${text}\nSETTINGS insert_deduplicate=0`, { from, to });
  }

  private async reached(table: string): Promise<bigint> {
    const [row] = await this.options.clickHouse.query(HighestPosition, { database: this.database, table });
    return row?.highest ?? 0n;
  }
}

/** The rows of one piece of a batch, by table. */
type Prepared = {
  readonly first: Position;
  readonly last: Position;
  readonly types: ReadonlySet<string>;
  readonly blocks: readonly Block[];
};

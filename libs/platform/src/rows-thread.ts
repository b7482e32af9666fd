import { Worker } from 'node:worker_threads';
import { type Block, type ClickHouse, type Column, type EncodedRows, type Marks, type Projection } from '#libs/clickhouse';
import { type StoredEvent } from '#libs/event-store';

/** What the thread is asked: the rows of some events as bytes, without what each table has already. */
export type RowsQuestion = {
  readonly events: readonly StoredEvent[];
  readonly marks: Marks;
  /** The columns of each table, as the engine has them. */
  readonly columns: ReadonlyMap<string, readonly Column[]>;
};

/** What it answers: the blocks by table, or why it could not make them. Errors lose their class between threads; their text stays. */
export type RowsAnswer =
  | { readonly blocks: readonly { readonly table: string; readonly rows: EncodedRows; readonly reaches: bigint }[] }
  | { readonly error: Error };

type Waiting = { readonly resolve: (answer: RowsAnswer) => void; readonly reject: (error: Error) => void };

/**
 * A projection's rows, made in a thread of their own: reading bodies, folding counts and writing bytes would otherwise take a third of the
 * time of the thread that answers requests. One question at a time, as a projection asks. The thread holds nothing that could be lost;
 * one that died is started again by the next question.
 */
export class RowsThread {
  private worker: Worker | undefined;
  private waiting: Waiting | undefined;
  private columns: Promise<ReadonlyMap<string, readonly Column[]>> | undefined;

  constructor(
    private readonly projection: Projection,
    private readonly clickHouse: ClickHouse,
    private readonly program: URL,
  ) {}

  /** As `MakeBlocks`. @throws Error of an event that cannot be read or made into rows, or when the thread ended */
  readonly makeBlocks = async (events: readonly StoredEvent[], marks: Marks): Promise<readonly Block[]> => {
    const columns = await this.knownColumns();
    const answer = await this.ask({ events, marks, columns });
    if ('error' in answer) {
      this.forget();
      throw answer.error;
    }
    const tables = new Map(this.projection.tables.map((table) => [table.name, table]));
    return answer.blocks.flatMap(({ table: name, rows, reaches }) => {
      const table = tables.get(name);
      return table ? [{ table, rows, reaches }] : [];
    });
  };

  /** Starts the thread, unless it runs: that takes some tenths of a second, which the first events would otherwise wait. */
  begin(): void {
    this.worker ??= this.start();
  }

  /** Tables may have been altered or exchanged: their columns are asked for again. */
  forget(): void {
    this.columns = undefined;
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private knownColumns(): Promise<ReadonlyMap<string, readonly Column[]>> {
    const { clickHouse, projection } = this;
    const asked = (this.columns ??= Promise.all(
      projection.tables.map(async ({ name }) => [name, await clickHouse.columns(`driftledger.${name}`)] as const),
    ).then((found) => new Map(found)));
    // What could not be asked is asked again next time.
    asked.catch(() => this.forget());
    return asked;
  }

  private ask(question: RowsQuestion): Promise<RowsAnswer> {
    if (this.waiting) throw new Error(`rows of ${this.projection.name} are being made already`);
    const worker = (this.worker ??= this.start());
    return new Promise<RowsAnswer>((resolve, reject) => {
      this.waiting = { resolve, reject };
      worker.postMessage(question);
    }).finally(() => (this.waiting = undefined));
  }

  private start(): Worker {
    const worker = new Worker(this.program);
    // What waits for it waits in the log; it must not keep the process alive.
    worker.unref();
    const ended = (error: Error): void => {
      if (this.worker === worker) this.worker = undefined;
      this.waiting?.reject(error);
    };
    worker.on('message', (answer: RowsAnswer) => this.waiting?.resolve(answer));
    worker.on('error', ended);
    worker.on('exit', (code) => ended(new Error(`the thread that makes rows of ${this.projection.name} ended with ${code}`)));
    return worker;
  }
}

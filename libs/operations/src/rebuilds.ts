import { ALL_PROJECTIONS, type CataloguedProjection } from '#libs/catalogue';
import { type CommandMeta } from '#libs/kernel';
import { OperationsLog } from './operations-log.js';
import {
  type RebuildOutcome,
  type RebuildParts,
  type RebuildReport,
  type RebuildRequest,
  rebuildProjection,
  removeLeftovers,
} from './rebuild-projection.js';

/** A line of a rebuild's answer: where it is, and at last what came of it. `seconds` since it began. */
export type RebuildMessage =
  | ({ readonly kind: 'progress'; readonly seconds: number } & RebuildReport)
  | ({ readonly kind: 'done'; readonly seconds: number } & RebuildOutcome)
  | { readonly kind: 'failed'; readonly seconds: number; readonly code: string; readonly detail: string };

/** Names of everything that can be rebuilt. */
export const projectionNames = (): readonly string[] => ALL_PROJECTIONS.map(({ projection }) => projection.name);

/** The projection of a name, or undefined. */
export const projectionNamed = (name: string): CataloguedProjection | undefined =>
  ALL_PROJECTIONS.find(({ projection }) => projection.name === name);

/** A line at least this often, so that nobody between takes a long silence for a dead connection. */
const SAY_SOMETHING_MS = 1_000;
/** Progress is told this often at most. */
const PROGRESS_MS = 200;

/** What is asked for, and by whom. Without `adopt` the live tables stay and are only compared. */
export type RebuildOrder = { readonly catalogued: CataloguedProjection; readonly adopt: boolean; readonly meta: CommandMeta };

/** The tables are what they should be; the log does not say who made them so. */
class NotRecorded extends Error {
  override readonly name = 'NotRecorded';
}

const notRecorded = (cause: unknown): never => {
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new NotRecorded(`the rebuild is done and could not be recorded: ${why}`, { cause });
};

/** The rebuilds of a process, one at a time: each uses the same place beside the live tables. */
export class Rebuilds {
  private running: { readonly name: string; readonly stop: AbortController; readonly done: Promise<unknown> } | undefined;

  private readonly log: OperationsLog;

  constructor(private readonly parts: RebuildParts) {
    this.log = new OperationsLog(parts);
  }

  /** The projection that is being rebuilt, if one is. */
  get current(): string | undefined {
    return this.running?.name;
  }

  /**
   * Rebuilds, telling how far it is. Its beginning is recorded as an act of who asked. Ends with `done`, recorded too, or with `failed`; who stops listening
   * stops the rebuild, as long as nothing was put in place of anything.
   * @throws Error when another rebuild runs
   */
  start({ catalogued, adopt, meta }: RebuildOrder): AsyncGenerator<RebuildMessage, void, undefined> {
    const { name, version } = catalogued.projection;
    if (this.running) throw new Error(`${this.running.name} is being rebuilt`);
    const stop = new AbortController();
    const news = new News();
    const request: RebuildRequest = { catalogued, adopt, signal: stop.signal, onProgress: (report) => news.put(report) };
    const began = performance.now();
    const run = async (): Promise<RebuildOutcome> => {
      // First, since a process may die between the exchange of the first table and the record of the last.
      await this.log.rebuildBegun({ projection: name, version }, adopt, meta);
      const outcome = await rebuildProjection(this.parts, request);
      await this.log.rebuilt({ ...outcome, version }, meta).catch(notRecorded);
      return outcome;
    };
    const done = run();
    this.running = { name, stop, done };
    const ended = done
      .then((outcome): Ending => ({ kind: 'done', ...outcome }))
      .catch((error: unknown): Ending => ({ kind: 'failed', ...reasonOf(error, stop.signal) }))
      .finally(() => (this.running = undefined));
    return messages({ news, ended, seconds: () => Math.round(performance.now() - began) / 1_000, stop });
  }

  /** Removes what an interrupted rebuild of an earlier process left. */
  async clean(): Promise<void> {
    await removeLeftovers(this.parts.clickHouse);
  }

  /** Ends what is running, if it can still be ended, and waits for it. */
  async stop(): Promise<void> {
    this.running?.stop.abort(new Error('the process is shutting down'));
    await this.running?.done.catch(() => undefined);
  }
}

type Ending = ({ readonly kind: 'done' } & RebuildOutcome) | { readonly kind: 'failed'; readonly code: string; readonly detail: string };

/** The newest report, and a bell for it: older ones interest nobody. */
class News {
  private latest: RebuildReport | undefined;
  private ring: () => void = () => undefined;

  put(report: RebuildReport): void {
    this.latest = report;
    this.ring();
  }

  read(): RebuildReport | undefined {
    return this.latest;
  }

  next(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.ring = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

type Following = {
  readonly news: News;
  readonly ended: Promise<Ending>;
  readonly seconds: () => number;
  readonly stop: AbortController;
};

async function* messages({ news, ended, seconds, stop }: Following): AsyncGenerator<RebuildMessage, void, undefined> {
  try {
    let told = -Infinity;
    for (;;) {
      const ending = await Promise.race([ended, news.next(SAY_SOMETHING_MS)]);
      if (ending) return yield { ...ending, seconds: seconds() };
      const report = news.read();
      if (!report || performance.now() - told < PROGRESS_MS) continue;
      told = performance.now();
      yield { kind: 'progress', seconds: seconds(), ...report };
    }
  } finally {
    stop.abort(new Error('nobody waits for it any more'));
    await ended;
  }
}

const reasonOf = (error: unknown, signal: AbortSignal): { readonly code: string; readonly detail: string } => {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof NotRecorded) return { code: 'NOT_RECORDED', detail };
  return { code: signal.aborted ? 'STOPPED' : 'REBUILD_FAILED', detail };
};

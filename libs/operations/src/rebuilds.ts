import { ALL_PROJECTIONS, type CataloguedProjection } from '#libs/catalogue';
import { ClickHouseError, removeRebuilds } from '#libs/clickhouse';
import { type CommandMeta } from '#libs/kernel';
import { type Lease, type Leases, LeasesUnavailable } from '#libs/leases';
import { OperationsLog } from './operations-log.js';
import {
  type RebuildOutcome,
  type RebuildParts,
  type RebuildReport,
  type RebuildRequest,
  rebuildProjection,
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

/** What is being rebuilt, in this process or in another one. */
export class RebuildRuns extends Error {
  override readonly name = 'RebuildRuns';
  constructor(readonly projection: string) {
    super(`${projection} is being rebuilt; one at a time`);
  }
}

/** The role of rebuilding; its holder says which projection. */
const ROLE = 'rebuild';
/** A role that was free a moment ago is had within this time, or somebody else was faster. */
const TAKE_MS_MAX = 5_000;

/** The rebuilds of an installation, one at a time: building fills the disk and takes what the engine can give. */
export class Rebuilds {
  private running: { readonly stop: AbortController; readonly done: Promise<unknown> } | undefined;

  private readonly log: OperationsLog;

  constructor(
    private readonly parts: RebuildParts,
    private readonly leases: Leases,
  ) {
    this.log = new OperationsLog(parts);
  }

  /**
   * Rebuilds, telling how far it is. Its beginning is recorded as an act of who asked. Ends with `done`, recorded too, or with `failed`; who stops listening
   * stops the rebuild, as long as nothing was put in place of anything.
   * @throws RebuildRuns when another rebuild runs, wherever; LeasesUnavailable
   */
  async start({ catalogued, adopt, meta }: RebuildOrder): Promise<AsyncGenerator<RebuildMessage, void, undefined>> {
    const { name, version } = catalogued.projection;
    const lease = await this.take(name);
    const stop = new AbortController();
    lease.lost.addEventListener('abort', () => stop.abort(lease.lost.reason), { once: true });
    const news = new News();
    const { epoch } = lease;
    const request: RebuildRequest = { catalogued, adopt, epoch, signal: stop.signal, onProgress: (report) => news.put(report) };
    const began = performance.now();
    const run = async (): Promise<RebuildOutcome> => {
      // First, since a process may die between the exchange of the first table and the record of the last.
      await this.log.rebuildBegun({ projection: name, version }, adopt, meta);
      await removeRebuilds(this.parts.clickHouse);
      const outcome = await rebuildProjection(this.parts, request);
      await this.log.rebuilt({ ...outcome, version }, meta).catch(notRecorded);
      return outcome;
    };
    const done = run().finally(async () => {
      this.running = undefined;
      await lease.release();
    });
    this.running = { stop, done };
    const ended = done
      .then((outcome): Ending => ({ kind: 'done', ...outcome }))
      .catch((error: unknown): Ending => ({ kind: 'failed', ...reasonOf(error, stop.signal) }));
    return messages({ news, ended, seconds: () => Math.round(performance.now() - began) / 1_000, stop });
  }

  /** Removes what an interrupted rebuild of an earlier process left, unless one runs. What cannot be removed now is removed by the next one. */
  async clean(): Promise<void> {
    try {
      const lease = await this.take('nothing');
      await removeRebuilds(this.parts.clickHouse).finally(() => lease.release());
    } catch (error) {
      if (!(error instanceof RebuildRuns || error instanceof LeasesUnavailable || error instanceof ClickHouseError)) throw error;
    }
  }

  /** Ends what is running, if it can still be ended, and waits for it. */
  async stop(): Promise<void> {
    this.running?.stop.abort(new Error('the process is shutting down'));
    await this.running?.done.catch(() => undefined);
  }

  /** @throws RebuildRuns | LeasesUnavailable */
  private async take(projection: string): Promise<Lease> {
    const holder = await this.leases.holder(ROLE);
    if (holder) throw new RebuildRuns(holder.value);
    try {
      return await this.leases.acquire(ROLE, { value: projection, signal: AbortSignal.timeout(TAKE_MS_MAX) });
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      throw new RebuildRuns((await this.leases.holder(ROLE))?.value ?? 'another projection');
    }
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

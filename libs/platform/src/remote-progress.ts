import { z } from 'zod';
import { ProjectionProgress, type Projection, projectionId } from '#libs/clickhouse';
import { type CheckpointStore } from '#libs/event-store';
import { type Position, comparePositions, parsePosition } from '#libs/kernel';
import { type BusMessage, type BusSubscription, type MessageBus } from '#libs/messaging';

/** Under this subject and the name of a projection, who runs it says how far it is. */
export const PROGRESS_SUBJECT = 'driftledger.progress';
/** What is said there. */
export const ProgressSaid = z.object({ projection: z.string(), position: z.string() });

/** Its runner repeats itself each second; after so much silence its checkpoint is asked for, which is never ahead of it. */
const SILENCE_MS = 3_000;
const LOOK_MS = 1_000;

type Known = { readonly position: Position; readonly at: number };
type Waiting = { readonly id: string; readonly position: Position; readonly done: () => void };

/** How far projections are that other processes run: what those say on the bus, and their checkpoints where nobody says anything. */
export class RemoteProgress extends ProjectionProgress {
  private readonly known = new Map<string, Known>();
  private readonly listeners = new Set<() => void>();
  private readonly waiting = new Set<Waiting>();
  private subscription: BusSubscription | undefined;
  private timer: NodeJS.Timeout | undefined;
  private subscribing: Promise<void> | undefined;

  constructor(
    private readonly projections: readonly Pick<Projection, 'name' | 'version'>[],
    private readonly bus: MessageBus,
    private readonly checkpoints: CheckpointStore,
  ) {
    super();
  }

  /** A bus or a store that is away is asked again each second: until one of them answers, nothing is known of any projection. */
  start(): void {
    const ask = (): void => {
      void this.listenToNews();
      void this.look().catch(() => undefined);
    };
    this.timer = setInterval(ask, LOOK_MS);
    ask();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.subscribing;
    await this.subscription?.unsubscribe();
  }

  override reached(projection: string): Position | undefined {
    const followed = this.projections.find(({ name }) => name === projection);
    return followed && this.known.get(projectionId(followed))?.position;
  }

  override async caughtUpTo(position: Position, timeoutMs: number): Promise<boolean> {
    return (await this.lagging(position, timeoutMs)) === undefined;
  }

  /** The name of a projection that has not passed the position when the time is over; undefined when all have. */
  async lagging(position: Position, timeoutMs: number): Promise<string | undefined> {
    const ids = this.projections.map(projectionId);
    const passed = await Promise.all(ids.map((id) => this.passes(id, position, timeoutMs)));
    return ids.find((_, index) => !passed[index]);
  }

  override listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** One at a time: a server that is away takes longer to say so than this comes again. */
  private async listenToNews(): Promise<void> {
    if (this.subscription) return;
    this.subscribing ??= this.subscribe()
      .catch(() => undefined)
      .finally(() => (this.subscribing = undefined));
    await this.subscribing;
  }

  private async subscribe(): Promise<void> {
    const again = (): void => (this.subscription = undefined);
    const options = { name: 'progress', onError: () => undefined, onDropped: again };
    this.subscription = await this.bus.subscribe(`${PROGRESS_SUBJECT}.>`, (message) => this.hear(message), options);
  }

  private hear({ event }: BusMessage): void {
    const { projection, position } = ProgressSaid.parse(event.data);
    this.learn(projection, parsePosition(position));
  }

  private async look(): Promise<void> {
    for (const id of this.projections.map(projectionId)) {
      if (performance.now() - (this.known.get(id)?.at ?? -Infinity) < SILENCE_MS) continue;
      const position = await this.checkpoints.load(id);
      if (position) this.learn(id, position);
    }
  }

  /** The newest word counts, also when it is of an earlier position: tables may have been lost, and are made anew. */
  private learn(id: string, position: Position): void {
    const before = this.known.get(id)?.position;
    this.known.set(id, { position, at: performance.now() });
    if (before && comparePositions(before, position) === 0) return;
    for (const one of this.waiting) if (one.id === id && comparePositions(position, one.position) >= 0) one.done();
    for (const listener of [...this.listeners]) listener();
  }

  private async passes(id: string, position: Position, timeoutMs: number): Promise<boolean> {
    const at = this.known.get(id)?.position;
    if (at && comparePositions(at, position) >= 0) return true;
    return new Promise((resolve) => {
      const end = (passed: boolean): void => {
        clearTimeout(timer);
        this.waiting.delete(one);
        resolve(passed);
      };
      const one: Waiting = { id, position, done: () => end(true) };
      const timer = setTimeout(() => end(false), timeoutMs);
      this.waiting.add(one);
    });
  }
}

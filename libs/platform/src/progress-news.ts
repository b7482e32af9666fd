import { type Projection, projectionId } from '#libs/clickhouse';
import { type Clock, formatPosition, randomId } from '#libs/kernel';
import { type MessageBus, cloudEvent } from '#libs/messaging';
import { type ProjectionHost } from './projection-host.js';
import { PROGRESS_SUBJECT, type ProgressSaid } from './remote-progress.js';
import { type z } from 'zod';

/** Movements within this time are told together. */
const GATHER_MS = 50;
/** Also when nothing moves, for those who began to listen later. */
const REPEAT_MS = 1_000;

/** Tells other processes how far the projections of this one are. */
export class ProgressNews {
  private readonly told = new Map<string, string>();
  private unlisten: () => void = () => undefined;
  private repeating: NodeJS.Timeout | undefined;
  private gathering: NodeJS.Timeout | undefined;

  constructor(
    private readonly projections: readonly Pick<Projection, 'name' | 'version'>[],
    private readonly parts: { readonly host: ProjectionHost; readonly bus: MessageBus; readonly clock: Clock },
  ) {}

  start(): void {
    this.unlisten = this.parts.host.listen(() => {
      this.gathering ??= setTimeout(() => {
        this.gathering = undefined;
        this.tell();
      }, GATHER_MS);
    });
    this.repeating = setInterval(() => {
      this.told.clear();
      this.tell();
    }, REPEAT_MS);
  }

  stop(): void {
    this.unlisten();
    clearTimeout(this.gathering);
    clearInterval(this.repeating);
  }

  private tell(): void {
    const { host, bus, clock } = this.parts;
    for (const one of this.projections) {
      const reached = host.reached(one.name);
      if (!reached) continue;
      const projection = projectionId(one);
      const position = formatPosition(reached);
      if (this.told.get(projection) === position) continue;
      this.told.set(projection, position);
      const data: z.infer<typeof ProgressSaid> = { projection, position };
      const event = cloudEvent({ id: randomId(), type: 'io.driftledger.progress', at: clock.now(), data });
      // Whoever misses it hears the next one within a second, or looks at the checkpoint.
      bus.publish(`${PROGRESS_SUBJECT}.${one.name}`, event).catch(() => undefined);
    }
  }
}

import { CommandWatch, type WatchedCommand } from '#libs/event-store';
import { type CommandMeta } from '#libs/kernel';
import { type Tracing } from '#libs/observability';

/** Commands as spans; the events of a command name its span as their cause. */
export class CommandSpans extends CommandWatch {
  constructor(private readonly tracing: Tracing) {
    super();
  }

  override around<T>({ type, meta }: WatchedCommand, run: (meta: CommandMeta) => Promise<T>): Promise<T> {
    const about = { kind: 'internal', values: { 'driftledger.surface': meta.source.surface }, causes: [meta.traceparent] } as const;
    return this.tracing.during(`command ${type}`, about, (traceparent) => run(traceparent === undefined ? meta : { ...meta, traceparent }));
  }
}

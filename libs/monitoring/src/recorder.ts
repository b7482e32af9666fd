import { type CommandRunner, type EventCodec, type EventStore } from '#libs/event-store';
import { type Recorded } from '#libs/kernel';
import { type MeasurementCommand } from './commands.js';
import { type MeasurementEvent } from './events.js';
import { measurementsStream } from './ids.js';
import { measurementsDecider, type MeasurementsState } from './measurements-decider.js';

/** Records what was measured, and knows what was recorded: folded from the stream itself and topped up on every look. */
export class Recorder {
  private readonly known = new Map<string, { state: MeasurementsState; next: bigint }>();

  constructor(
    private readonly runner: CommandRunner,
    private readonly store: EventStore,
    private readonly codec: EventCodec,
  ) {}

  async stateOf(monitorId: string): Promise<MeasurementsState> {
    const held = this.known.get(monitorId) ?? { state: measurementsDecider.initialState(), next: 0n };
    let { state, next } = held;
    for await (const stored of this.store.readStream(measurementsStream(monitorId), { from: next })) {
      state = measurementsDecider.evolve(state, dated(this.codec.decode<MeasurementEvent>(stored)));
      next = stored.revision + 1n;
    }
    this.known.set(monitorId, { state, next });
    return state;
  }

  /** @throws Error when the decider refuses: the evaluator works on what the log says, so that is a mistake and not an answer */
  async record(monitorId: string, command: MeasurementCommand): Promise<void> {
    const outcome = await this.runner.run({ decider: measurementsDecider, stream: measurementsStream(monitorId), command });
    if (outcome.kind === 'refused') throw new Error(`${command.type} was refused for monitor ${monitorId}: ${outcome.refusal.detail}`);
  }
}

/**
 * A tick counts up to the moment the log took it: the machine that told the time may have a clock that is ahead, and what it closed would
 * stay closed. Read from the log both, so every process and every replay sees the same.
 */
const dated = (event: Recorded & MeasurementEvent): MeasurementEvent =>
  event.type === 'WindowTick' ? { ...event, data: { ...event.data, at: Math.min(event.data.at, event.recordedAt) } } : event;

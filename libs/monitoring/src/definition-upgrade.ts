import { type CommandRunner, type EventCodec, type EventStore } from '#libs/event-store';
import { ReviseMonitor } from './commands.js';
import { monitorDecider } from './decider.js';
import { isOfEarlierVersions } from './definition-versions.js';
import { type MonitorEvent } from './events.js';
import { monitorStream } from './ids.js';
import { type ActiveMonitor, derivedMeta } from './revision.js';

const REASON = 'this release computes later versions of its methods or of its rule';

/**
 * Brings a definition that another release recorded to the versions that this one computes. That is a revision like any other, with its
 * reason: the series says where the numbers began to be computed otherwise.
 */
export class DefinitionUpgrade {
  constructor(
    private readonly runner: CommandRunner,
    private readonly store: EventStore,
    private readonly codec: EventCodec,
  ) {}

  /**
   * The monitor as it stands after its upgrade; unchanged where nothing is to be done, and where the definition could not be asked for
   * today: it is measured on as it is, and each measurement says which versions computed it.
   */
  async of(monitor: ActiveMonitor): Promise<ActiveMonitor> {
    if (!isOfEarlierVersions(monitor.definition)) return monitor;
    const { monitorId, definitionVersion } = monitor;
    const meta = { ...derivedMeta(monitorId, `versions:${definitionVersion}`), reason: REASON };
    const command = new ReviseMonitor({ monitorId, definition: {} }, meta);
    const outcome = await this.runner.run({ decider: monitorDecider, stream: monitorStream(monitorId), command });
    return outcome.kind === 'refused' ? monitor : this.recorded(monitor);
  }

  private async recorded(monitor: ActiveMonitor): Promise<ActiveMonitor> {
    let state = monitorDecider.initialState();
    for await (const stored of this.store.readStream(monitorStream(monitor.monitorId)))
      state = monitorDecider.evolve(state, this.codec.decode<MonitorEvent>(stored));
    if (state.status === 'unknown') return monitor;
    return { ...monitor, definitionVersion: state.definitionVersion, definition: state.definition };
  }
}

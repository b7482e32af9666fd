import { CommandRunner, EventCodec } from '#libs/event-store';
import { InMemoryEventStore } from '#libs/event-store/memory';
import { derivedId, type Recorded } from '#libs/kernel';
import { deploymentIdOf } from '#libs/deployments';
import { defaultDefinition } from './defaults.js';
import { type MonitorDefinition } from './definition.js';
import { DefinitionUpgrade } from './definition-upgrade.js';
import { RULE_VERSION } from './definition-versions.js';
import { MONITORING_EVENTS, MonitorCreated } from './events.js';
import { monitorIdOf, monitorStream } from './ids.js';
import { type ActiveMonitor, derivedMeta } from './revision.js';

const definition = defaultDefinition({ predictionsPerDay: 1000 });
const earlier: MonitorDefinition = {
  ...definition,
  judgement: { ...definition.judgement, version: 1 },
  shown: { ...definition.shown, categorical: definition.shown.categorical.map((method) => ({ ...method, version: 1 })) },
};
const monitorId = monitorIdOf('flights');
const about = { monitorId, name: 'flights', deploymentId: deploymentIdOf('flights'), deployment: 'flights' };

/** A monitor as another release recorded it. */
const recorded = async (
  of: MonitorDefinition,
): Promise<{ upgrade: DefinitionUpgrade; monitor: ActiveMonitor; codec: EventCodec; store: InMemoryEventStore }> => {
  const [store, codec] = [new InMemoryEventStore(), new EventCodec(MONITORING_EVENTS)];
  const meta = derivedMeta(monitorId, 'create');
  const created = MonitorCreated.make({ ...about, definition: of, definitionVersion: 1 });
  await store.append(monitorStream(monitorId), [codec.encode(created, meta, derivedId(meta.commandId, 0))], { expected: 'no_stream' });
  const upgrade = new DefinitionUpgrade(new CommandRunner(store, codec), store, codec);
  return { upgrade, store, codec, monitor: { ...about, definitionVersion: 1, definition: of } };
};
const streamOf = async ({ store, codec }: { store: InMemoryEventStore; codec: EventCodec }): Promise<Recorded[]> => {
  const found: Recorded[] = [];
  for await (const stored of store.readStream(monitorStream(monitorId))) found.push(codec.decode(stored));
  return found;
};

describe('a definition that an earlier release recorded', () => {
  it('becomes a revision that says so, once, and is measured by from then on', async () => {
    const bench = await recorded(earlier);
    expect(await bench.upgrade.of(bench.monitor)).toEqual({ ...bench.monitor, definitionVersion: 2, definition });
    expect(await bench.upgrade.of(bench.monitor)).toEqual({ ...bench.monitor, definitionVersion: 2, definition });
    const [, revised, ...more] = await streamOf(bench);
    expect(revised).toMatchObject({
      type: 'MonitorRevised',
      data: { definitionVersion: 2, definition: { judgement: { version: RULE_VERSION } } },
      metadata: { reason: 'this release computes later versions of its methods or of its rule' },
    });
    expect(more).toEqual([]);
  });

  it('stays as it is where nothing computes otherwise, and where a later release recorded it', async () => {
    for (const version of [RULE_VERSION, RULE_VERSION + 1]) {
      const bench = await recorded({ ...definition, judgement: { ...definition.judgement, version } });
      expect(await bench.upgrade.of(bench.monitor)).toBe(bench.monitor);
      expect(await streamOf(bench)).toHaveLength(1);
    }
  });

  it('is measured on as it is where it could not be asked for today', async () => {
    const unknown = { ...earlier, shown: { ...earlier.shown, numeric: [{ id: 'phi_divergence', version: 3 }] } };
    const bench = await recorded(unknown);
    expect(await bench.upgrade.of(bench.monitor)).toBe(bench.monitor);
    expect(await streamOf(bench)).toHaveLength(1);
  });
});

import { MonitoringWorld } from '../../../test/support/monitoring-world.js';

const HOUR = 3_600_000;
const BEGIN = Date.parse('2026-01-05T00:00:00Z');

describe('the delay of windows', () => {
  let world: MonitoringWorld;
  beforeAll(async () => {
    world = await MonitoringWorld.open();
  });
  afterAll(() => world.close());

  it('is how long the oldest window that was measured had been over, by the clock of the log, and nothing when none was due', async () => {
    const at = (hour: number) => [{ id: `p-${hour}`, at: BEGIN + hour * HOUR, score: 0.5 }];
    await world.predict('late', at(0.5));
    await world.client.ask(
      'mutation { createMonitor(input: { deployment: "late", definition: { windowMinutes: 60, latenessMinutes: 0, rowsMin: 1 } }) { __typename } }',
    );
    expect(await world.measure()).toBe(0);
    await world.predict('late', at(1.25));
    expect(await world.measure()).toBe(0.25 * HOUR);
    // Two are due: the older of them counts.
    await world.predict('late', at(2.5));
    await world.predict('late', at(3.5));
    expect(await world.measure()).toBe(1.5 * HOUR);
    expect(await world.measure()).toBe(0);
  });
});

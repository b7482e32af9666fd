import { SeededReadModel, idOf, idSql, readsOf } from '../../../test/support/pruning.js';
import { AlertChanges, AlertHistory, AlertsById } from './queries.js';

const [EPISODES, ROWS] = [100_000, 400_000];

const model = new SeededReadModel();
beforeAll(async () => {
  await model.migrate();
  // An episode's changes lie near each other in the log, as they do in life.
  const episode = idSql('intDiv(number, 4)');
  await model.fill('driftledger.alerts_log_v1', ROWS, { position: 'number', episode_id: episode, kind: "'counted'" });
  await model.fill('driftledger.alerts_state_v1', EPISODES, {
    episode_id: idSql('number'),
    position: 'number * 4 + 3',
    status: "'raised'",
  });
});
afterAll(() => model.close());

describe('of a hundred thousand alerts, the engine reads', () => {
  const { clickHouse } = model;
  it.each([
    ['alerts that are known by id', () => readsOf(clickHouse, AlertsById, { ids: [idOf(4_711), idOf(47_110)] }), 8],
    ['the history of one', () => readsOf(clickHouse, AlertHistory, { episodeId: idOf(4_711), before: 2n ** 62n, limit: 50 }), 12],
  ])('a few granules for %s', async (_, reads, granulesMax) => {
    const [read] = await reads();
    expect(read?.granules).toBeLessThanOrEqual(granulesMax);
    expect(read?.of).toBeGreaterThan(granulesMax);
  });

  it('the end of the log for a feed that is up to date, and the state of the alerts that changed', async () => {
    const reads = await readsOf(clickHouse, AlertChanges, { after: BigInt(ROWS - 40), limit: 50 });
    const of = (table: string) => reads.filter((read) => read.table === table).map(({ granules }) => granules);
    expect(Math.max(...of('driftledger.alerts_log_v1'))).toBeLessThanOrEqual(4);
    expect(of('driftledger.alerts_state_v1')).toHaveLength(1);
    expect(of('driftledger.alerts_state_v1')[0]).toBeLessThanOrEqual(8);
  });
});

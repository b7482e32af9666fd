import { SeededReadModel, idOf, idSql, readsOf } from '../../../test/support/pruning.js';
import { AuditEntriesById, AuditFeed, AuditHead, AuditTrail, DeploymentsOfModel, EarlierChanges } from './queries.js';

const ROWS = 400_000;
/** One entry in 20,000 has the rare actor, deployment, monitor and model; twenty of them in all. */
const RARE = 'number % 20000 = 7';

const model = new SeededReadModel();
beforeAll(async () => {
  await model.migrate();
  const rareOr = (rare: string, other: string): string => `if(${RARE}, ${rare}, ${other})`;
  await model.fill('driftledger.audit_entries_v2', ROWS, {
    intake: 'number % 5 = 0',
    position: 'number',
    event_id: idSql('number'),
    recorded_at: 'toDateTime64(number, 3)',
    type: rareOr("'KeyIssued'", "'AlertRaised'"),
    class: rareOr("'identity'", "'alert'"),
    actor_id: rareOr(`toString(${idSql('1')})`, `toString(${idSql('1000 + number % 50')})`),
    correlation_id: idSql('intDiv(number, 20)'),
    deployment_id: rareOr(`toString(${idSql('2')})`, `toString(${idSql('2000 + number % 50')})`),
    monitor_id: rareOr(`toString(${idSql('3')})`, `toString(${idSql('3000 + number % 50')})`),
    model: rareOr("'rare'", "''"),
    subject: rareOr("'feature:rare'", "concat('feature:', toString(number % 50))"),
  });
});
afterAll(() => model.close());

const anything = {
  intake: 0 as const,
  before: 2n ** 62n,
  anyDeployment: true,
  deployments: [],
  monitor: null,
  subject: null,
  actor: null,
  class: null,
  type: null,
  correlation: null,
  values: [],
  from: 0,
  until: 10_000_000_000_000,
  limit: 51,
};

describe('of 800 granules of the trail, the engine reads', () => {
  const { clickHouse } = model;
  const trail = (filter: Partial<Parameters<typeof AuditTrail.bind>[0]>) => readsOf(clickHouse, AuditTrail, { ...anything, ...filter });

  it.each([
    ['an actor', { actor: idOf(1), values: [idOf(1)] }],
    ['a deployment', { anyDeployment: false, deployments: [idOf(2)] }],
    ['one of several deployments', { anyDeployment: false, deployments: [idOf(2), idOf(9), idOf(10)] }],
    ['a monitor', { monitor: idOf(3), values: [idOf(3)] }],
    ['a subject', { subject: 'feature:rare', values: ['feature:rare'] }],
    ['a class', { class: 'identity', values: ['identity'] }],
    ['a type', { type: 'KeyIssued', values: ['KeyIssued'] }],
    ['a rare actor with a common class', { actor: idOf(1), class: 'identity', values: [idOf(1), 'identity'] }],
    ['a request', { correlation: idOf(200) }],
  ])('only those that have %s, where it is rare', async (_, filter) => {
    const [read] = await trail(filter);
    expect(read?.of).toBeGreaterThan(780);
    // Twenty entries stand in as many granules; the filter is wrong about one in a thousand.
    expect(read?.granules).toBeLessThanOrEqual(25);
  });

  it('only those of a span of time', async () => {
    const [read] = await trail({ from: 100_000_000, until: 110_000_000 });
    expect(read?.granules).toBeLessThanOrEqual(30);
  });

  it('a page of anything in the order of the answer, so that it ends with the page', async () => {
    expect(await trail({})).toEqual([expect.objectContaining({ inOrder: true })]);
    expect(await trail({ class: 'alert', values: ['alert'] })).toEqual([expect.objectContaining({ inOrder: true })]);
    expect(await readsOf(clickHouse, AuditFeed, { intake: 0, after: 100n, limit: 50 })).toEqual([
      expect.objectContaining({ inOrder: true }),
    ]);
    const heads = await readsOf(clickHouse, AuditHead, {});
    expect(heads.map(({ inOrder }) => inOrder)).toEqual([true, true]);
  });

  it('a few for single entries, the deployments of a model, and the former state of a monitor', async () => {
    const reads = await Promise.all([
      readsOf(clickHouse, AuditEntriesById, { ids: [idOf(4_711), idOf(4_712)] }),
      readsOf(clickHouse, DeploymentsOfModel, { model: 'rare' }),
      readsOf(clickHouse, EarlierChanges, { monitors: [idOf(3)], before: 2n ** 62n }),
    ]);
    for (const [read] of reads) expect(read?.granules).toBeLessThanOrEqual(25);
  });
});

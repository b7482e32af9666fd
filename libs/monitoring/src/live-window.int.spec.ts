import { globalId } from '#libs/graphql-kit';
import { MonitoringWorld } from '../../../test/support/monitoring-world.js';
import { monitorIdOf } from './ids.js';
import { MeasurementsAfter } from './queries.js';

const DAY = 86_400_000;
const START = Date.parse('2026-01-05T00:00:00Z');

const seeded = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

const aDay = (day: number, { rows = 600, paris = 0.5, tag = '' } = {}): unknown[] => {
  const next = seeded(day + 17 + tag.length);
  return Array.from({ length: rows }, (_, i) => ({
    id: `d${day}${tag}-${i}`,
    at: START + day * DAY + Math.floor((i * DAY) / rows),
    features: { amount: 10 * (next() + next()), city: next() < paris ? 'paris' : next() < 0.5 ? 'rome' : 'oslo' },
  }));
};

type Live = {
  provisional: boolean;
  position: string;
  rows: number;
  rowsMin: number;
  window: { from: string };
  referenceKind: string | null;
  referenceWindows: unknown[];
  withoutScores: string | null;
  subjects: {
    subject: string;
    counted: number;
    score: { method: string; score: number } | null;
    judgement: { breach: boolean } | null;
  }[];
};
const FIELDS = `{ provisional position rows rowsMin window { from } referenceKind referenceWindows { from } withoutScores
  subjects { subject counted score { method score } judgement { breach gates { gate passed } } direction } }`;
const LIVE = `query($id: ID!) { liveWindow(monitor: $id) ${FIELDS} }`;
const follow = (id: string): string => `subscription { liveWindow(monitor: "${id}") ${FIELDS} }`;

describe('an open window', () => {
  let world: MonitoringWorld;
  const references = [{ kind: 'ROLLING', windows: 3, windowsMin: 2 }];
  const monitor = (name: string) => globalId('Monitor', monitorIdOf(name));

  const watched = async (name: string, definition: object = { references }): Promise<string> => {
    const create = `mutation($name: String!, $definition: MonitorDefinitionInput) {
      createMonitor(input: { deployment: $name, definition: $definition }) { __typename } }`;
    const { data } = await world.client.ask(create, { name, definition });
    expect(data).toEqual({ createMonitor: { __typename: 'MonitorPayload' } });
    return monitor(name);
  };
  const live = async (id: string): Promise<Live | null> => {
    // An answer is shared for half a second.
    await new Promise((resolve) => setTimeout(resolve, 600));
    const answer = await world.client.ask<{ liveWindow: Live | null }>(LIVE, { id });
    expect(answer.errors).toEqual([]);
    return answer.data.liveWindow;
  };
  const recorded = async (): Promise<number> => {
    return (await world.clickHouse.query(MeasurementsAfter, { after: 0n, limit: 1000 })).length;
  };

  beforeAll(async () => {
    world = await MonitoringWorld.open();
  });
  afterAll(async () => {
    await world.close();
  });

  it('shows what is counted so far against the reference, says that it is provisional, and records nothing', async () => {
    // A thousand values give a number its grid; before, they are no counts.
    await world.predict('calm', aDay(-5, { rows: 1000 }));
    for (const day of [0, 1, 2]) await world.predict('calm', aDay(day));
    const id = await watched('calm');
    await world.predict('calm', aDay(3).slice(0, 300));
    const seen = await live(id);
    expect(seen).toMatchObject({
      provisional: true,
      rows: 300,
      rowsMin: 200,
      window: { from: '2026-01-08T00:00:00.000Z' },
      referenceKind: 'rolling',
      withoutScores: null,
    });
    expect(seen?.referenceWindows).toHaveLength(3);
    expect(seen?.subjects.map(({ subject, counted }) => [subject, counted])).toEqual([
      ['feature:amount', 300],
      ['feature:city', 300],
    ]);
    expect(seen?.subjects.map(({ judgement }) => judgement?.breach)).toEqual([false, false]);
    expect(await recorded()).toBe(0);
  });

  it('has the score that the closed window is then measured with', async () => {
    for (const day of [0, 1, 2]) await world.predict('closing', aDay(day));
    const id = await watched('closing');
    await world.predict('closing', aDay(3, { paris: 0.2 }));
    const open = await live(id);
    await world.predict('closing', aDay(4, { rows: 24, tag: 'next' }));
    await world.measure();
    const { data } = await world.client.ask<{ measurements: { nodes: { scores: { score: number }[] }[] } }>(
      `query($id: ID!) { measurements(monitor: $id, subject: "feature:city", first: 1) { nodes { scores { score } judgement { breach } } } }`,
      { id },
    );
    const city = open?.subjects.find(({ subject }) => subject === 'feature:city');
    expect(city).toMatchObject({ judgement: { breach: true } });
    expect(data.measurements.nodes[0]).toMatchObject({ judgement: { breach: true }, scores: [{ score: city?.score?.score }, {}, {}] });
  });

  it('shows counts without scores while there is nothing to compare with, and for a segment', async () => {
    await world.predict('young', aDay(0).slice(0, 50));
    const young = await live(await watched('young'));
    expect(young).toMatchObject({ rows: 50, withoutScores: 'no_reference', subjects: [{ counted: 50, score: null }, { counted: 50 }] });
    for (const day of [0, 1, 2, 3]) await world.predict('segmented', aDay(day));
    const segment = await live(await watched('segmented', { references, selection: { segments: [{ name: 'region', value: 'north' }] } }));
    expect(segment).toMatchObject({ rows: 600, withoutScores: 'segment', subjects: [{ score: null }, { score: null }] });
  });

  it('is null for a monitor that does not exist or has no predictions', async () => {
    expect(await live(monitor('nowhere'))).toBeNull();
  });

  it('is followed at most once a second, the latest state only, and not while nothing changes', async () => {
    for (const day of [0, 1, 2]) await world.predict('followed', aDay(day));
    const id = await watched('followed');
    await world.predict('followed', aDay(3).slice(0, 100));
    const feed = world.client.follow<{ liveWindow: Live }>(follow(id));
    await feed.count(1);
    const began = performance.now();
    for (let from = 100; from < 200; from += 10) await world.predict('followed', aDay(3).slice(from, from + 10));
    const burst = performance.now() - began;
    while (feed.received.at(-1)?.liveWindow.rows !== 200) await new Promise((resolve) => setTimeout(resolve, 50));
    const afterwards = feed.received.length;
    expect(afterwards).toBeLessThanOrEqual(2 + Math.ceil(burst / 1000));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(feed.received).toHaveLength(afterwards);
    expect(feed.received.map(({ liveWindow }) => BigInt(liveWindow.position))).toEqual(
      [...feed.received].map(({ liveWindow }) => BigInt(liveWindow.position)).sort((a, b) => (a < b ? -1 : 1)),
    );
    await feed.stop();
  });

  it('moves to the next window with the first prediction of it', async () => {
    for (const day of [0, 1, 2]) await world.predict('moving', aDay(day));
    const id = await watched('moving');
    expect(await live(id)).toMatchObject({ window: { from: '2026-01-07T00:00:00.000Z' }, rows: 600 });
    await world.predict('moving', aDay(3).slice(0, 1));
    expect(await live(id)).toMatchObject({ window: { from: '2026-01-08T00:00:00.000Z' }, rows: 1 });
  });

  it('is refused as a feed of a monitor that does not exist', async () => {
    const feed = world.client.follow(follow(monitor('nowhere')));
    await expect(feed.count(1)).rejects.toThrow('no monitor has this id');
    await feed.stop();
  });
});

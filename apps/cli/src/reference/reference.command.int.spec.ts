import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MonitoringWorld } from '../../../../test/support/monitoring-world.js';
import { run } from '../program.js';

const DAY = 86_400_000;
const START = Date.parse('2026-01-05T00:00:00Z');

const seeded = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

type Row = { readonly at: number; readonly amount: number; readonly city: string; readonly member: boolean };
type Shape = { readonly rows?: number; readonly paris?: number; readonly shift?: number };

const aDay = (day: number, { rows = 500, paris = 0.5, shift = 0 }: Shape = {}): Row[] => {
  const next = seeded(day + 1000);
  return Array.from({ length: rows }, (_, i) => ({
    at: START + day * DAY + Math.floor((i * DAY) / rows),
    amount: shift + 10 * (next() + next() + next()),
    city: next() < paris ? 'paris' : next() < 0.6 ? 'rome' : 'oslo',
    member: next() < 0.3,
  }));
};
const predictions = (day: number, shape?: Shape): unknown[] =>
  aDay(day, shape).map(({ at, ...features }, i) => ({ id: `d${day}-${i}`, at, features }));
const csv = (rows: readonly Row[]): string =>
  [
    'day,amount,town,member,note',
    ...rows.map((row) => `${new Date(row.at).toISOString()},${row.amount},${row.city},${row.member ? 1 : 0},x`),
  ].join('\n');
const training = (days: number): Row[] => Array.from({ length: days }, (_, i) => aDay(i - 30)).flat();

describe('driftledger reference import', () => {
  const directory = mkdtempSync(join(tmpdir(), 'driftledger-reference-'));
  const file = join(directory, 'train.csv');
  let world: MonitoringWorld;

  const cli = async (...argv: string[]): Promise<{ status: number; out: string; err: string }> => {
    let [out, err] = ['', ''];
    Object.assign(process.env, world.environment);
    const status = await run(['reference', 'import', ...argv], { out: (text) => (out += text), err: (text) => (err += text) });
    return { status, out, err };
  };
  const monitored = async (name: string): Promise<void> => {
    await world.predict(name, predictions(0, { rows: 10 }));
    const create = 'mutation($name: String!) { createMonitor(input: { deployment: $name }) { __typename } }';
    expect((await world.client.ask(create, { name })).data).toEqual({ createMonitor: { __typename: 'MonitorPayload' } });
  };
  const measured = async (name: string, subject: string) => {
    const { data, errors } = await world.client.ask<{ monitors: { nodes: { id: string }[] } }>(
      'query($name: String!) { monitors(deployment: $name) { nodes { id } } }',
      { name },
    );
    expect(errors).toEqual([]);
    const answer = await world.client.ask<{ measurements: { nodes: object[] } }>(
      `query($id: ID!, $subject: String!) { measurements(monitor: $id, subject: $subject) { nodes { window { from } skipped rows
        judgement { breach gates { gate applied parameters } } direction
        provenance { referenceKind referenceWindows { from } referenceBlindTo } } } }`,
      { id: data.monitors.nodes[0]?.id, subject },
    );
    return answer.data.measurements.nodes;
  };

  beforeAll(async () => {
    world = await MonitoringWorld.open();
    writeFileSync(file, csv(training(7)));
  });
  afterAll(async () => {
    await world.close();
    for (const name of ['DRIFTLEDGER_URL', 'DRIFTLEDGER_KEY']) delete process.env[name];
    rmSync(directory, { recursive: true, force: true });
  });

  it('makes the first window of the same distribution calm, and a shifted one a breach, with all gates where the file has a time', async () => {
    await monitored('timed');
    const { status, out, err } = await cli('timed', file, '--time-column', 'day', '--column-map', 'town=city', '--json');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      rows: 3500,
      rowsLeftOut: 0,
      subjects: ['feature:amount', 'feature:city', 'feature:member'],
      newGrids: ['feature:amount'],
      ignored: ['note'],
      windows: Array.from({ length: 7 }, () => ({ rows: 500 })),
    });
    await world.predict('timed', predictions(1));
    await world.predict('timed', predictions(2, { paris: 0.2, shift: 5 }));
    await world.predict('timed', predictions(3, { rows: 30 }));
    await world.measure();
    for (const subject of ['feature:amount', 'feature:city']) {
      const [shifted, calm, first] = await measured('timed', subject);
      expect(first).toMatchObject({ skipped: 'too_few_rows' });
      expect(calm).toMatchObject({
        judgement: { breach: false, gates: [{}, { gate: 'own_variation', applied: true, parameters: { windows: 7 } }, {}] },
        provenance: { referenceKind: 'dataset', referenceBlindTo: '' },
      });
      expect(shifted).toMatchObject({ judgement: { breach: true } });
    }
    const members = await measured('timed', 'feature:member');
    expect(members.slice(0, 2)).toMatchObject([{ judgement: { breach: false } }, { judgement: { breach: false } }]);
  });

  it('works without a time: the gate that needs windows is not applied and the measurement says so', async () => {
    await monitored('plain');
    const { status, out } = await cli('plain', file, '--column-map', 'town=city');
    expect(status).toBe(0);
    expect(out).toContain('3500 rows, 3 features');
    expect(out).toContain('--time-column tells');
    await world.predict('plain', predictions(1));
    await world.predict('plain', predictions(2, { paris: 0.2 }));
    await world.predict('plain', predictions(3, { rows: 30 }));
    await world.measure();
    const [shifted, calm] = await measured('plain', 'feature:city');
    expect(calm).toMatchObject({
      judgement: { breach: false, gates: [{}, { applied: false }, {}] },
      provenance: { referenceBlindTo: 'variation between windows', referenceWindows: [] },
    });
    expect(shifted).toMatchObject({ judgement: { breach: true } });
  });

  it('changes nothing when the same file comes again', async () => {
    await monitored('twice');
    const answers = [await cli('twice', file, '--json'), await cli('twice', file, '--json')].map(({ out }) => JSON.parse(out) as object);
    expect(answers[1]).toMatchObject({ referenceId: Reflect.get(answers[0] ?? {}, 'referenceId') });
    await world.caughtUp();
    const { data } = await world.client.ask('query { monitors(deployment: "twice") { nodes { definitionVersion } } }');
    expect(data).toEqual({ monitors: { nodes: [{ definitionVersion: 2 }] } });
  });

  it('compares words beyond a thousand as they are counted, so that many words alone are no drift', async () => {
    const next = seeded(3);
    const users = (count: number): { user: string }[] =>
      Array.from({ length: count }, () => ({ user: `u${Math.floor(2000 * next() * next())}` }));
    const wide = join(directory, 'wide.ndjson');
    writeFileSync(
      wide,
      users(20_000)
        .map((row) => JSON.stringify(row))
        .join('\n'),
    );
    const send = (day: number, count: number) =>
      world.predict(
        'wide',
        users(count).map((features, i) => ({ id: `w${day}-${i}`, at: START + day * DAY + i, features })),
      );
    await send(0, 10);
    await world.client.ask('mutation { createMonitor(input: { deployment: "wide" }) { __typename } }');
    expect(await cli('wide', wide)).toMatchObject({ status: 0, err: '' });
    await send(1, 5000);
    await send(3, 10);
    await world.measure();
    expect(await measured('wide', 'feature:user')).toMatchObject([{ judgement: { breach: false } }, { skipped: 'too_few_rows' }]);
  });

  it('keeps what is personal out of the log', async () => {
    await monitored('private');
    const declare = `mutation { declareFeatures(input: { deployment: "private", features: [{ name: "town", kind: CATEGORY, personal: HASH }] }) {
      __typename } }`;
    await world.client.ask(declare);
    await world.caughtUp();
    expect(JSON.parse((await cli('private', file, '--json')).out)).toMatchObject({ ignored: ['day', 'town', 'note'] });
    const body = {
      ...{ name: 'x', source: { file: 'x', sha256: '0'.repeat(64) }, rows: 1, reason: 'try' },
      subjects: [{ subject: 'feature:town', grid: 'word', words: ['paris'], counts: [[0, 1]] }],
    };
    const { DRIFTLEDGER_URL: url, DRIFTLEDGER_KEY: key } = world.environment;
    const response = await fetch(`${url}/v1/monitors/private/references`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect([response.status, await response.json()]).toMatchObject([422, { code: 'FEATURE_PERSONAL' }]);
  });

  it.each([
    [['nowhere', file], 2, 'no monitor is named nowhere'],
    [['plain', join(directory, 'absent.csv')], 1, 'there is no such file'],
    [['plain', file, '--column-map', 'town'], 2, 'column=feature'],
    [['plain', file, '--time-column', 'note'], 2, 'row 1: note is neither'],
    [['plain', file, '--time-column', 'hour'], 2, 'no column hour'],
    [['plain', file, '--windows', '101'], 2, 'between 2 and 100'],
  ])('says what is wrong with %j', async (argv, status, message) => {
    const answer = await cli(...argv);
    expect(answer).toMatchObject({ status, err: expect.stringContaining(message) });
  });
});

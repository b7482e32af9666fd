import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouse, migrate } from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import { CategoriesObserved, DEPLOYMENT_EVENTS, deploymentIdOf, DeploymentRegistered, deploymentStream } from '#libs/deployments';
import { CommandRunner, EventCodec, type EventOf } from '#libs/event-store';
import { InMemoryEventStore } from '#libs/event-store/memory';
import { derivedId, instant, positionOf, type Recorded, type DomainEvent, uuid } from '#libs/kernel';
import { PREDICTION_EVENTS, predictionsProjection, type PredictionBatch, type LabelBatch } from '#libs/predictions';
import { CreateMonitor, RestateMeasurements } from './commands.js';
import { monitorDecider } from './decider.js';
import { defaultDefinition } from './defaults.js';
import { type MonitorDefinition } from './definition.js';
import { Evaluator, MeasuringEngine } from './evaluator.js';
import { type MeasurementRecorded, type MeasurementSkipped, type MeasurementEvent, MONITORING_EVENTS } from './events.js';
import { measurementsStream, monitorIdOf, monitorStream } from './ids.js';
import { measurementsDecider } from './measurements-decider.js';
import { monitoringProjection } from './projection.js';
import { MeasurementSeries } from './queries.js';
import { derivedMeta } from './revision.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const START = Date.parse('2026-01-05T00:00:00Z');

class FixedEngine extends MeasuringEngine {
  readonly engine = { driftledger: '0.1.0', v8: 'test', tz: 'test' };
}

const seeded = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

/** One installation without processes: events go into tables by the projections themselves. */
class Bench {
  readonly store = new InMemoryEventStore();
  readonly codec = new EventCodec([...DEPLOYMENT_EVENTS, ...PREDICTION_EVENTS, ...MONITORING_EVENTS]);
  readonly runner = new CommandRunner(this.store, this.codec);
  private position = 0n;
  private tokens = 0;

  constructor(readonly clickhouse: ClickHouse) {}

  evaluator(clickhouse = this.clickhouse): Evaluator {
    return new Evaluator(clickhouse, this.store, this.codec, new FixedEngine());
  }

  get projected(): bigint {
    return this.position;
  }

  private async project(
    projection: {
      tables: readonly { name: string; columns: readonly string[] }[];
      rows: (events: never[]) => ReadonlyMap<string, readonly (readonly unknown[])[]>;
    },
    events: readonly Recorded[],
  ): Promise<void> {
    const rows = projection.rows([...events] as never[]);
    for (const { name, columns } of projection.tables) {
      this.tokens += 1;
      await this.clickhouse.insert({
        table: `driftledger.${name}`,
        columns,
        rows: (rows.get(name) ?? []) as never,
        token: `t${this.tokens}`,
      });
    }
  }

  private recorded(event: DomainEvent, recordedAt: number): Recorded {
    this.position += 1n;
    const id = derivedId(uuid('6f1d0c52-6d0a-5f0e-9a6e-2a8c3f6b7d12'), this.position.toString());
    const metadata = { $correlationId: '', $causationId: '', commandId: '', schemaVersion: 1, sha256: '' } as never;
    return { ...event, id, stream: 's', revision: 0n, position: positionOf(this.position), recordedAt: instant(recordedAt), metadata };
  }

  /** Days of predictions, each recorded when its day is over, as one projected batch. */
  async days(batches: readonly PredictionBatch[]): Promise<void> {
    await this.predictions(...batches.map((batch) => [batch, Math.ceil((batch.base + 1) / DAY) * DAY] as const));
  }

  async predictions(...batches: readonly (readonly [PredictionBatch, number])[]): Promise<void> {
    const events = batches.map(([data, recordedAt]) => this.recorded({ type: 'PredictionBatchRecorded', data }, recordedAt));
    await this.project(predictionsProjection, events);
  }

  async labels(batch: LabelBatch, recordedAt: number): Promise<void> {
    await this.project(predictionsProjection, [this.recorded({ type: 'LabelBatchRecorded', data: batch }, recordedAt)]);
    for (const step of predictionsProjection.derive ?? []) {
      await this.clickhouse.command(step.sql, { from: this.position, to: this.position });
    }
  }

  async register(name: string): Promise<string> {
    const deploymentId = deploymentIdOf(name);
    const events = [
      DeploymentRegistered.make({ deploymentId, name, strict: false, onFirstPost: false }),
      CategoriesObserved.make({
        deploymentId,
        schemaVersion: 1,
        subject: 'feature:city',
        firstBucket: 0,
        words: ['paris', 'rome', 'oslo'],
        full: false,
      }),
    ];
    const meta = derivedMeta(deploymentId, 'register');
    await this.store.append(
      deploymentStream(deploymentId),
      events.map((event, i) => this.codec.encode(event, meta, derivedId(meta.commandId, i))),
      { expected: 'no_stream' },
    );
    return deploymentId;
  }

  async monitor(name: string, definition: Partial<MonitorDefinition> = {}, deployment = name): Promise<string> {
    const monitorId = monitorIdOf(name);
    const command = new CreateMonitor(
      { monitorId, name, deploymentId: deploymentIdOf(deployment), deployment, traffic: { predictionsPerDay: 1000 }, definition },
      derivedMeta(monitorId, 'create'),
    );
    await this.runner.run({ decider: monitorDecider, stream: monitorStream(monitorId), command });
    const [stored] = await this.events(monitorStream(monitorId));
    if (stored) await this.project(monitoringProjection, [stored]);
    return monitorId;
  }

  async events(stream: string): Promise<Recorded[]> {
    const found: Recorded[] = [];
    for await (const stored of this.store.readStream(stream)) found.push(this.codec.decode(stored));
    return found;
  }

  async measurements(monitorId: string): Promise<Recorded<MeasurementEvent>[]> {
    return (await this.events(measurementsStream(monitorId))) as Recorded<MeasurementEvent>[];
  }
}

type Day = {
  rows?: number;
  shift?: number;
  paris?: number;
  seed?: number;
  grid?: readonly [number, number] | null;
  at?: number;
  span?: number;
  segment?: boolean;
  tag?: string;
};

const dayBatch = (
  deploymentId: string,
  day: number,
  { rows = 1000, shift = 0, paris = 0.5, seed = day, grid = [0, 1 / 64], at = START + day * DAY, span = DAY, tag = '' }: Day = {},
): PredictionBatch => {
  const next = seeded(seed + 17);
  const amounts = Array.from({ length: rows }, () => shift + next() + next() + next() - 1.5);
  const codes = Array.from({ length: rows }, () => {
    const u = next();
    return u < paris ? 0 : u < paris + (1 - paris) / 2 ? 1 : 2;
  });
  const scores = Array.from({ length: rows }, () => next());
  return {
    deploymentId,
    schemaVersion: 1,
    salt: '',
    base: at,
    rows,
    requests: [],
    columns: {
      id: Array.from({ length: rows }, (_, i) => `d${day}${tag}-${i}`),
      at: Array.from({ length: rows }, (_, i) => Math.floor((i * span) / rows)),
      score: { kind: 'number', values: scores, grid: [0.5, 1 / 256] },
      segments: { region: { words: ['north', 'south'], codes: Array.from({ length: rows }, (_, i) => i % 2) } },
    },
    features: {
      amount: { kind: 'number', values: amounts, ...(grid && { grid }) },
      city: { kind: 'category', words: ['paris', 'rome', 'oslo'], codes, buckets: [0, 1, 2] },
    },
  };
};

/** Labels of the first predictions of a day, as many as this share. */
const dayLabels = (deploymentId: string, day: number, share: number, seed = 0): LabelBatch => {
  const rows = Math.floor(1000 * share);
  const next = seeded(day + seed);
  return {
    deploymentId,
    salt: '',
    base: START + day * DAY,
    rows,
    requests: [],
    columns: {
      id: Array.from({ length: rows }, (_, i) => `d${day}-${i}`),
      at: Array.from({ length: rows }, () => 0),
      class: { words: ['false', 'true'], codes: Array.from({ length: rows }, () => (next() < 0.3 ? 1 : 0)) },
    },
  };
};

const drift = (events: readonly Recorded<MeasurementEvent>[]): EventOf<typeof MeasurementRecorded>['data'][] =>
  events.flatMap((event) => (event.type === 'MeasurementRecorded' && event.data.kind === 'drift' ? [event.data] : []));
const skips = (events: readonly Recorded<MeasurementEvent>[]): EventOf<typeof MeasurementSkipped>['data'][] =>
  events.flatMap((event) => (event.type === 'MeasurementSkipped' ? [event.data] : []));
const dayOf = ({ window }: { window: { from: number } }): number => (window.from - START) / DAY;
const breaches = (measurement: EventOf<typeof MeasurementRecorded>['data'] | undefined): string[] =>
  (measurement?.subjects ?? []).filter(({ judgement }) => judgement?.breach).map(({ subject }) => subject);

describe('the evaluator', () => {
  const directory = mkdtempSync(join(tmpdir(), 'monitoring-'));
  let clickhouse: ClickHouse;
  let bench: Bench;

  beforeAll(async () => {
    clickhouse = openChdb({ path: directory });
    await migrate(clickhouse);
  });
  beforeEach(async () => {
    const tables = [...predictionsProjection.tables, ...monitoringProjection.tables].map(({ name }) => name);
    for (const name of [...tables, 'predictions_labelled_v1']) await clickhouse.command(`TRUNCATE TABLE driftledger.${name}`);
    bench = new Bench(clickhouse);
  });
  afterAll(async () => {
    await clickhouse.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('finds a planted shift on its day and names what moved', async () => {
    const id = await bench.register('planted');
    const monitorId = await bench.monitor('planted');
    await bench.days(Array.from({ length: 20 }, (_, day) => dayBatch(id, day, day === 17 ? { paris: 0.2 } : {})));
    await bench.predictions([dayBatch(id, 20, { rows: 10 }), START + 21 * DAY]);
    const result = await bench.evaluator().advance(bench.projected);
    const events = await bench.measurements(monitorId);
    expect(result.more).toBe(false);
    expect(skips(events).map((skip) => [dayOf(skip), skip.skipped])).toEqual([0, 1, 2, 3, 4, 5, 6].map((day) => [day, 'no_reference']));
    expect(drift(events).map((one) => [dayOf(one), one.reference?.kind])).toEqual(
      Array.from({ length: 13 }, (_, i) => [i + 7, i + 7 < 14 ? 'first_days' : 'same_weekday']),
    );
    expect(
      drift(events)
        .filter((one) => breaches(one).length > 0)
        .map(dayOf),
    ).toEqual([17]);
    const found = drift(events).find((one) => dayOf(one) === 17);
    expect(breaches(found)).toEqual(['feature:city']);
    expect(found?.subjects.find(({ subject }) => subject === 'feature:city')?.contributions[0]?.bin).toEqual({
      kind: 'word',
      word: 'paris',
    });
    expect(found?.subjects.map(({ subject }) => subject)).toEqual(['feature:amount', 'feature:city', 'output:score', 'volume']);
  });

  it('records the other days by which it knew how much windows vary', async () => {
    const id = await bench.register('varied');
    const monitorId = await bench.monitor('varied');
    await bench.days(Array.from({ length: 18 }, (_, day) => dayBatch(id, day)));
    await bench.predictions([dayBatch(id, 18, { rows: 10 }), START + 19 * DAY]);
    await bench.evaluator().advance(bench.projected);
    const last = drift(await bench.measurements(monitorId)).find((one) => dayOf(one) === 17);
    const days = (windows: readonly { from: number }[] = []): number[] => windows.map((window) => dayOf({ window }));
    expect(days(last?.reference?.windows)).toEqual([10, 3]);
    expect(last?.reference?.otherDays?.map(days)).toEqual([
      [4, 11],
      [5, 12],
      [6, 13],
      [0, 7, 14],
      [1, 8, 15],
      [2, 9, 16],
    ]);
    const city = last?.subjects.find(({ subject }) => subject === 'feature:city');
    expect(city?.judgement?.gates[0]).toMatchObject({ gate: 'significance', parameters: { contrasts: 10 } });
  });

  it('gives the same bits when it is stopped and started between windows', async () => {
    const make = async (name: string): Promise<{ monitorId: string; at: bigint[] }> => {
      const id = await bench.register(name);
      const monitorId = await bench.monitor(name);
      const before = bench.projected;
      await bench.days(Array.from({ length: 12 }, (_, day) => dayBatch(id, day)));
      const at = Array.from({ length: 12 }, (_, day) => before + BigInt(day) + 1n);
      return { monitorId, at };
    };
    const once = await make('replay-once');
    const often = await make('replay-often');
    await bench.evaluator().advance(bench.projected, 1000);
    for (const position of often.at) await bench.evaluator().advance(position, 1);
    let more = true;
    while (more) more = (await bench.evaluator().advance(bench.projected, 1)).more;
    const numbers = async (monitorId: string) =>
      drift(await bench.measurements(monitorId)).map(({ window, subjects }) => ({ window, subjects }));
    expect(await numbers(often.monitorId)).toEqual(await numbers(once.monitorId));
    const again = await bench.evaluator().advance(bench.projected);
    expect(again).toMatchObject({ measured: 0, skipped: 0 });
  });

  it('measures a closed window again when rows come late, and keeps what was known before', async () => {
    const id = await bench.register('late');
    const monitorId = await bench.monitor('late');
    await bench.days(Array.from({ length: 10 }, (_, day) => dayBatch(id, day)));
    const evaluator = bench.evaluator();
    await evaluator.advance(bench.projected);
    await bench.predictions([dayBatch(id, 8, { rows: 5, seed: 99, tag: 'few' }), START + 10 * DAY]);
    await evaluator.advance(bench.projected);
    expect(
      drift(await bench.measurements(monitorId))
        .filter((one) => dayOf(one) === 8)
        .map(({ revision }) => revision),
    ).toEqual([1]);
    await bench.predictions([dayBatch(id, 8, { rows: 300, seed: 98, tag: 'many' }), START + 10 * DAY + HOUR]);
    await evaluator.advance(bench.projected);
    const revisions = drift(await bench.measurements(monitorId)).filter((one) => dayOf(one) === 8);
    expect(revisions.map(({ revision, reason, judged, rows }) => [revision, reason, judged, rows])).toEqual([
      [1, 'first', true, 1000],
      [2, 'late_rows', false, 1305],
    ]);
  });

  it('settles windows after a day, and measures them again only when asked', async () => {
    const id = await bench.register('settled');
    const monitorId = await bench.monitor('settled');
    await bench.days(Array.from({ length: 10 }, (_, day) => dayBatch(id, day)));
    const evaluator = bench.evaluator();
    await evaluator.advance(bench.projected);
    await bench.predictions([dayBatch(id, 10), START + 12 * DAY]);
    expect((await evaluator.advance(bench.projected)).settled).toBeGreaterThan(0);
    await bench.predictions([dayBatch(id, 7, { rows: 400, seed: 55, tag: 'late' }), START + 13 * DAY]);
    await evaluator.advance(bench.projected);
    expect(drift(await bench.measurements(monitorId)).filter((one) => dayOf(one) === 7)).toHaveLength(1);
    const command = new RestateMeasurements({ monitorId, monitorKnown: true }, derivedMeta(monitorId, 'please'));
    await bench.runner.run({ decider: measurementsDecider, stream: measurementsStream(monitorId), command });
    await evaluator.advance(bench.projected);
    const last = drift(await bench.measurements(monitorId))
      .filter((one) => dayOf(one) === 7)
      .at(-1);
    expect(last).toMatchObject({ revision: 2, reason: 'requested', rows: 1400 });
    expect((await bench.measurements(monitorId)).at(-1)?.type).toBe('RestatementFinished');
  });

  it('serves two requests to measure again at one position of the log', async () => {
    await bench.register('asked-twice');
    const monitorId = await bench.monitor('asked-twice');
    await bench.days([0, 1].map((day) => dayBatch(deploymentIdOf('asked-twice'), day)));
    const evaluator = bench.evaluator();
    for (const please of ['once', 'twice']) {
      const command = new RestateMeasurements({ monitorId, monitorKnown: true }, derivedMeta(monitorId, please));
      await bench.runner.run({ decider: measurementsDecider, stream: measurementsStream(monitorId), command });
      await evaluator.advance(bench.projected);
    }
    expect((await bench.measurements(monitorId)).filter(({ type }) => type === 'RestatementFinished')).toHaveLength(2);
  });

  it('counts rows that came too late for a settled window, once, the same after a restart, and none that were measured on request', async () => {
    const id = await bench.register('too-late');
    const monitorId = await bench.monitor('too-late');
    await bench.days(Array.from({ length: 10 }, (_, day) => dayBatch(id, day)));
    const evaluator = bench.evaluator();
    await evaluator.advance(bench.projected);
    await bench.predictions([dayBatch(id, 10), START + 12 * DAY]);
    await evaluator.advance(bench.projected);
    expect(await evaluator.countLate(bench.projected)).toBe(0);
    await bench.predictions([dayBatch(id, 7, { rows: 40, seed: 55, tag: 'late' }), START + 13 * DAY]);
    const counts = async () =>
      (await bench.measurements(monitorId)).flatMap((event) =>
        event.type === 'LateArrivalsCounted' ? event.data.windows.map((window) => [dayOf({ window }), window.late]) : [],
      );
    expect(await evaluator.countLate(bench.projected)).toBe(1);
    expect(await evaluator.countLate(bench.projected)).toBe(0);
    expect(await bench.evaluator().countLate(bench.projected)).toBe(0);
    await bench.predictions([dayBatch(id, 7, { rows: 2, seed: 56, tag: 'later' }), START + 13 * DAY]);
    expect(await bench.evaluator().countLate(bench.projected)).toBe(1);
    expect(await counts()).toEqual([
      [7, 40],
      [7, 42],
    ]);
    const command = new RestateMeasurements({ monitorId, monitorKnown: true }, derivedMeta(monitorId, 'please'));
    await bench.runner.run({ decider: measurementsDecider, stream: measurementsStream(monitorId), command });
    await evaluator.advance(bench.projected);
    expect(await evaluator.countLate(bench.projected)).toBe(0);
  });

  it('lets one monitor fail without keeping the others from being measured', async () => {
    const id = await bench.register('fine');
    await bench.monitor('broken', { references: [{ kind: 'frozen', from: START, until: START + 2 * DAY }] }, 'fine');
    const fine = await bench.monitor('fine');
    await bench.days([0, 1].map((day) => dayBatch(id, day)));
    const stream = measurementsStream(monitorIdOf('broken'));
    const meta = derivedMeta(monitorIdOf('broken'), 'stranger');
    const stranger = bench.codec.encode(
      DeploymentRegistered.make({ deploymentId: id, name: 'x', strict: false, onFirstPost: false }),
      meta,
      id as never,
    );
    await bench.store.append(stream, [stranger], { expected: 'no_stream' });
    await expect(bench.evaluator().advance(bench.projected)).rejects.toThrow();
    expect(await bench.measurements(fine)).not.toHaveLength(0);
  });

  it('measures the monitors that are its own, and leaves the others to another process', async () => {
    const id = await bench.register('shared');
    const [mine, others] = [await bench.monitor('shared'), await bench.monitor('other', {}, 'shared')];
    await bench.days(Array.from({ length: 9 }, (_, day) => dayBatch(id, day)));
    const evaluator = bench.evaluator();
    evaluator.measureOnly((monitorId) => monitorId === mine);
    await evaluator.advance(bench.projected);
    expect([(await bench.measurements(mine)).length > 0, (await bench.measurements(others)).length]).toEqual([true, 0]);
    evaluator.measureOnly((monitorId) => monitorId === others);
    await evaluator.advance(bench.projected);
    await evaluator.settled();
    expect(drift(await bench.measurements(others)).map(dayOf)).toEqual(drift(await bench.measurements(mine)).map(dayOf));
  });

  it('records each revision of a window once, in the order of windows, when two processes measure one monitor at the same time', async () => {
    const id = await bench.register('twice');
    const monitorId = await bench.monitor('twice');
    const processes = [bench.evaluator(), bench.evaluator()];
    for (let day = 0; day < 12; day += 3) {
      await bench.days([0, 1, 2].map((next) => dayBatch(id, day + next, { rows: 250 })));
      await bench.labels(dayLabels(id, day, 0.2), START + (day + 3) * DAY);
      // As after a take-over of a holder that was frozen: each works on what it saw, one window or all of them at a time.
      await Promise.all(processes.map((evaluator, index) => evaluator.advance(bench.projected, index === 0 ? 1 : undefined)));
      await Promise.all(processes.map((evaluator) => evaluator.countLate(bench.projected)));
    }
    const events = await bench.measurements(monitorId);
    const revisions = [...drift(events), ...skips(events)].map(({ kind, window, revision }) => `${kind} ${window.from} ${revision}`);
    expect(new Set(revisions).size).toBe(revisions.length);
    const judged = events.flatMap(({ type, data }) =>
      (type === 'MeasurementRecorded' || type === 'MeasurementSkipped') && data.kind === 'drift' && data.judged ? [dayOf(data)] : [],
    );
    expect(judged.length).toBeGreaterThan(8);
    expect(judged).toEqual([...judged].sort((a, b) => a - b));
    expect((await bench.evaluator().advance(bench.projected)).measured).toBe(0);
  });

  it('says nothing about days without predictions until a live deployment is silent', async () => {
    const id = await bench.register('silent');
    const monitorId = await bench.monitor('silent');
    await bench.days([0, 1, 4].map((day) => dayBatch(id, day)));
    const evaluator = bench.evaluator();
    await evaluator.advance(bench.projected);
    expect(skips(await bench.measurements(monitorId)).map((skip) => skip.skipped)).toEqual(['no_reference', 'no_reference']);
    expect(await evaluator.tick(bench.projected, START + 7 * DAY + 2 * HOUR)).toBe(1);
    await evaluator.advance(bench.projected);
    const found = skips(await bench.measurements(monitorId)).map((skip) => [dayOf(skip), skip.skipped]);
    expect(found).toEqual([
      [0, 'no_reference'],
      [1, 'no_reference'],
      [4, 'no_reference'],
      [5, 'no_data'],
      [6, 'no_data'],
    ]);
    expect(await evaluator.tick(bench.projected, START + 7 * DAY + 3 * HOUR)).toBe(0);
  });

  it('measures the same from rows as from counts', async () => {
    const references = [{ kind: 'rolling' as const, windows: 3, windowsMin: 2 }];
    const id = await bench.register('segment');
    const all = { region: { words: ['north'], codes: Array.from({ length: 1000 }, () => 0) } };
    await bench.days([0, 1, 2, 3, 4].map((day) => ({ ...dayBatch(id, day), columns: { ...dayBatch(id, day).columns, segments: all } })));
    const byCounts = await bench.monitor('segment', { references });
    const byRows = await bench.monitor('segment-rows', { references, selection: { segments: { region: 'north' } } }, 'segment');
    await bench.evaluator().advance(bench.projected);
    const [counted, exact] = [drift(await bench.measurements(byCounts)).at(-1), drift(await bench.measurements(byRows)).at(-1)];
    expect([counted?.evidence.mode, exact?.evidence.mode]).toEqual(['buckets', 'exact']);
    for (const subject of ['feature:amount', 'output:score']) {
      const scoreIn = (one: typeof counted): number =>
        one?.subjects.find((known) => known.subject === subject)?.scores.find(({ method }) => method === 'kolmogorov_smirnov')?.score ??
        NaN;
      expect(Math.abs(scoreIn(exact) - scoreIn(counted))).toBeLessThan(0.005);
    }
    const city = (one: typeof counted) => one?.subjects.find(({ subject }) => subject === 'feature:city')?.scores;
    expect(city(exact)).toEqual(city(counted));
  });

  it('measures one segment by its own rows', async () => {
    const id = await bench.register('half');
    const references = [{ kind: 'rolling' as const, windows: 3, windowsMin: 2 }];
    const monitorId = await bench.monitor('half', { references, selection: { segments: { region: 'south' } } });
    await bench.days([0, 1, 2, 3].map((day) => dayBatch(id, day)));
    await bench.evaluator().advance(bench.projected);
    expect(drift(await bench.measurements(monitorId)).at(-1)?.subjects[0]?.current.rows).toBe(500);
  });

  it.each([
    ['23', '2026-03-26T23:00:00Z', [24, 24, 23, 24]],
    ['25', '2026-10-22T22:00:00Z', [24, 24, 25, 24]],
  ] as const)('measures a local day of %s hours whole', async (hours, first, lengths) => {
    const id = await bench.register(`local-${hours}`);
    const monitorId = await bench.monitor(`local-${hours}`, {
      timeZone: 'Europe/Berlin',
      references: [{ kind: 'rolling', windows: 2, windowsMin: 2 }],
    });
    const began = Date.parse(first);
    const starts = lengths.map((_, i) => began + lengths.slice(0, i).reduce((sum, hours) => sum + hours, 0) * HOUR);
    await bench.predictions(
      ...starts.map((at, i) => [dayBatch(id, i, { at, span: (lengths[i] ?? 24) * HOUR }), at + (lengths[i] ?? 24) * HOUR] as const),
    );
    await bench.predictions([dayBatch(id, 9, { at: began + 98 * HOUR, rows: 10, span: HOUR }), began + 100 * HOUR]);
    await bench.evaluator().advance(bench.projected);
    const found = await bench.measurements(monitorId);
    const measured = [...skips(found), ...drift(found)].map(({ window, rows }) => [(window.until - window.from) / HOUR, rows]);
    expect(measured).toEqual(lengths.slice(0, measured.length).map((length) => [length, 1000]));
    expect(measured.length).toBeGreaterThan(2);
  });

  it('measures the performance of one segment by its own labels, and says when they are too few', async () => {
    const id = await bench.register('half-labelled');
    const references = [{ kind: 'rolling' as const, windows: 3, windowsMin: 2 }];
    const monitorId = await bench.monitor('half-labelled', { references, selection: { segments: { region: 'south' } } });
    await bench.days([0, 1, 2].map((day) => dayBatch(id, day)));
    await bench.labels(dayLabels(id, 0, 1), START + 3 * DAY);
    await bench.labels(dayLabels(id, 1, 0.3), START + 3 * DAY);
    await bench.evaluator().advance(bench.projected);
    const told = (await bench.measurements(monitorId)).flatMap((event) =>
      'labelled' in event.data ? [[dayOf(event.data), event.type, event.data.labelled]] : [],
    );
    expect(told).toEqual([
      [0, 'MeasurementRecorded', 500],
      [1, 'MeasurementSkipped', 150],
    ]);
  });

  it('counts rows from before a feature had its grid as if it had always had it', async () => {
    const references = [{ kind: 'rolling' as const, windows: 3, windowsMin: 2 }];
    const withGrid = await bench.register('grid-always');
    const without = await bench.register('grid-later');
    const [first, second] = [await bench.monitor('grid-always', { references }), await bench.monitor('grid-later', { references })];
    const days = [0, 1, 2, 3, 4];
    await bench.days(days.map((day) => dayBatch(withGrid, day)));
    await bench.days(days.map((day) => dayBatch(without, day, day === 2 ? { grid: null } : {})));
    await bench.evaluator().advance(bench.projected);
    const subjects = async (monitorId: string) => drift(await bench.measurements(monitorId)).map((one) => one.subjects);
    expect(await subjects(second)).toEqual(await subjects(first));
    expect(await subjects(first)).not.toHaveLength(0);
  });

  it('measures performance when labels come, and again when they are corrected', async () => {
    const id = await bench.register('labels');
    const monitorId = await bench.monitor('labels', { references: [{ kind: 'rolling', windows: 4, windowsMin: 2 }] });
    const evaluator = bench.evaluator();
    await bench.days(Array.from({ length: 6 }, (_, day) => dayBatch(id, day)));
    for (let day = 0; day < 5; day += 1) await bench.labels(dayLabels(id, day, day === 4 ? 0.3 : 1), START + 6 * DAY);
    await evaluator.advance(bench.projected);
    const performance = async () =>
      (await bench.measurements(monitorId)).flatMap((event) =>
        event.type === 'MeasurementRecorded' && event.data.kind === 'performance' ? [event.data] : [],
      );
    expect((await performance()).map((one) => [dayOf(one), one.revision, one.labelled, one.judged])).toEqual([
      [0, 1, 1000, true],
      [1, 1, 1000, true],
      [2, 1, 1000, true],
      [3, 1, 1000, true],
      [4, 1, 300, false],
    ]);
    const metrics = (await performance())[3]?.subjects.map(({ subject }) => subject);
    expect(metrics).toEqual(
      ['accuracy', 'precision', 'recall', 'f1', 'roc_auc', 'brier', 'log_loss', 'expected_calibration_error']
        .map((name) => `performance:${name}`)
        .concat('label:class'),
    );
    await bench.labels(dayLabels(id, 4, 0.8, 5), START + 7 * DAY);
    await evaluator.advance(bench.projected);
    expect((await performance()).at(-1)).toMatchObject({ revision: 2, reason: 'late_labels', labelled: 800, judged: true });
  });

  it('says at the label horizon which windows had no labels, too few, or too small a share to judge by, and counts labels after it', async () => {
    const id = await bench.register('unlabelled');
    const { performance } = defaultDefinition({ predictionsPerDay: 1000 });
    const monitorId = await bench.monitor('unlabelled', {
      references: [{ kind: 'rolling', windows: 4, windowsMin: 2 }],
      performance: { ...performance, labelHorizonDays: 3 },
    });
    const evaluator = bench.evaluator();
    await bench.days(Array.from({ length: 4 }, (_, day) => dayBatch(id, day)));
    for (const [day, share] of [
      [0, 1],
      [1, 0.1],
      [2, 0.3],
    ] as const)
      await bench.labels(dayLabels(id, day, share), START + 4 * DAY);
    await bench.predictions([dayBatch(id, 4), START + 5 * DAY + 2 * HOUR]);
    await evaluator.advance(bench.projected);
    const told = async () =>
      (await bench.measurements(monitorId)).flatMap((event) => {
        if (event.type === 'MeasurementSkipped' && event.data.kind === 'performance')
          return [[dayOf(event.data), event.data.skipped, event.data.labelled, event.data.judged]];
        if (event.type !== 'MeasurementRecorded' || event.data.kind !== 'performance') return [];
        return [[dayOf(event.data), event.data.unjudged ?? 'measured', event.data.labelled, event.data.judged]];
      });
    expect(await told()).toEqual([
      [0, 'measured', 1000, true],
      [2, 'measured', 300, false],
    ]);
    await bench.predictions([dayBatch(id, 5), START + 9 * DAY]);
    await evaluator.advance(bench.projected);
    await evaluator.advance(bench.projected);
    expect((await told()).slice(2)).toEqual([
      [1, 'too_few_labels', 100, true],
      [2, 'labelled_share', 300, true],
      [3, 'no_labels', 0, true],
    ]);
    await bench.labels(dayLabels(id, 3, 0.4), START + 10 * DAY);
    await evaluator.advance(bench.projected);
    expect(await evaluator.countLate(bench.projected)).toBe(1);
    expect((await bench.measurements(monitorId)).at(-1)).toMatchObject({
      type: 'LateArrivalsCounted',
      data: { kind: 'performance', windows: [{ from: START + 3 * DAY, late: 400 }] },
    });
  });

  it('counts the labels of a window that waits for more of them once, not at every look', async () => {
    const id = await bench.register('waiting');
    await bench.monitor('waiting');
    await bench.days([0, 1, 2].map((day) => dayBatch(id, day)));
    await bench.labels(dayLabels(id, 0, 0.1), START + 3 * DAY);
    const names: string[] = [];
    const listening: ClickHouse = Object.assign(Object.create(clickhouse), {
      query: (...[query, params]: Parameters<ClickHouse['query']>) => {
        names.push(query.name);
        return clickhouse.query(query, params);
      },
    });
    const evaluator = bench.evaluator(listening);
    for (const _ of [1, 2, 3]) await evaluator.advance(bench.projected);
    expect(names.filter((name) => name === 'TouchedLabelSpans')).toHaveLength(3);
    expect(names.filter((name) => name === 'WindowLabels')).toHaveLength(1);
  });

  it('shows the last revision of each window, and what was known at an earlier position', async () => {
    const id = await bench.register('series');
    const monitorId = await bench.monitor('series', { references: [{ kind: 'rolling', windows: 3, windowsMin: 2 }] });
    await bench.days(Array.from({ length: 5 }, (_, day) => dayBatch(id, day)));
    const evaluator = bench.evaluator();
    await evaluator.advance(bench.projected);
    await bench.predictions([dayBatch(id, 3, { rows: 500, seed: 5, tag: 'x' }), START + 5 * DAY + HOUR]);
    await evaluator.advance(bench.projected);
    const events = await bench.measurements(monitorId);
    const rows = monitoringProjection.rows(events.filter((event) => monitoringProjection.handles.includes(event.type)) as never);
    for (const { name, columns } of monitoringProjection.tables)
      await clickhouse.insert({ table: `driftledger.${name}`, columns, rows: rows.get(name) ?? [], token: `series-${name}` });
    const params = { monitorId, subject: 'feature:amount', kind: 'drift' as const, from: START, until: START + 30 * DAY, limit: 100 };
    const now = await clickhouse.query(MeasurementSeries, { ...params, knownAt: 0n });
    expect(now.map((row) => [(row.windowFrom - START) / DAY, row.revision])).toEqual([
      [3, 2],
      [2, 1],
      [1, 1],
      [0, 1],
    ]);
    const first = events.find((event) => event.type === 'MeasurementRecorded' && dayOf(event.data) === 3);
    const then = await clickhouse.query(MeasurementSeries, { ...params, knownAt: first?.position.commit ?? 0n });
    expect(then.map((row) => [(row.windowFrom - START) / DAY, row.revision])).toEqual([
      [3, 1],
      [2, 1],
      [1, 1],
      [0, 1],
    ]);
  });
});

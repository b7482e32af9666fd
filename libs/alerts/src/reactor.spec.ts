import { CommandRunner, EventCodec, type NewEvent, type ReadOptions, type StoredEvent } from '#libs/event-store';
import { InMemoryEventStore } from '#libs/event-store/memory';
import { type CommandMeta, derivedId, idOfName, type DomainEvent, type Recorded } from '#libs/kernel';
import { MeasurementRecorded, MeasurementSkipped, MONITORING_EVENTS, measurementsStream, type SubjectMeasurement } from '#libs/monitoring';
import { ALERT_EVENTS, type AlertEvent, alertIdOf, alertStream } from './events.js';
import { AlertReactor } from './reactor.js';

const monitorId = idOfName('monitor', 'flights');
const deploymentId = idOfName('deployment', 'flights');
const DAY = 86_400_000;
const codec = new EventCodec([...MONITORING_EVENTS, ...ALERT_EVENTS]);
const meta = (salt: string): CommandMeta => ({
  commandId: idOfName('command', salt),
  correlationId: idOfName('correlation', salt),
  causationId: idOfName('command', salt),
  actor: { principalId: idOfName('principal', 'evaluator'), kind: 'job', via: 'evaluator' },
  source: { surface: 'internal', addressClass: 'process' },
});

type Over = { readonly revision?: number; readonly judged?: boolean };
const head = (day: number, { revision = 1, judged = true }: Over = {}) => ({
  monitorId,
  monitor: 'flights',
  deploymentId,
  deployment: 'flights',
  definitionVersion: 1,
  kind: 'drift' as const,
  window: { from: day * DAY, until: (day + 1) * DAY },
  selection: {},
  revision,
  reason: revision === 1 ? ('first' as const) : ('late_rows' as const),
  judged,
  alerting: { k: 1, n: 1, m: 2 },
  asOf: { position: '1', watermark: (day + 1) * DAY, recordedAt: (day + 1) * DAY },
});
const size = { rows: 1_000, counted: 1_000 };
const subject = (name: string, breach: boolean): SubjectMeasurement => ({
  subject: name,
  form: 'categorical',
  mode: 'buckets',
  reference: size,
  current: size,
  scores: [{ method: 'psi', version: 1, score: 0.07, parameters: {} }],
  judgement: {
    method: 'jensen_shannon',
    score: breach ? 0.2 : 0.01,
    breach,
    gates: [
      { gate: 'significance', value: 0.001, limit: 0.01, passed: true, applied: true, parameters: {} },
      { gate: 'own_variation', value: 0.2, limit: 0.06, passed: breach, applied: true, parameters: {} },
      { gate: 'materiality', value: 0.2, limit: 0.1, passed: breach, applied: true, parameters: {} },
    ],
  },
  direction: 'reshaped',
  contributions: [
    { bin: { kind: 'word', word: 'ATL' }, reference: 0.05, current: 0.01, contribution: 0.02 },
    { bin: { kind: 'interval', from: null, until: 3 }, reference: 0.1, current: 0.2, contribution: 0.01 },
    { bin: { kind: 'rest', words: 4 }, reference: 0.1, current: 0.2, contribution: 0.01 },
  ],
  sha256: 'ab',
});
const measured = (day: number, subjects: SubjectMeasurement[], over: Over & { part?: { index: number; of: number } } = {}) =>
  MeasurementRecorded.make({
    ...head(day, over),
    part: over.part ?? { index: 0, of: 1 },
    methods: [{ id: 'jensen_shannon', version: 1 }],
    rule: {
      rule: 'three_gates',
      version: 1,
      level: 0.01,
      margins: { jensen_shannon: 0.05, psi: 0.02 },
      variationTail: 0.01,
      bins: 10,
      expectedMin: 5,
      performanceMargin: { absolute: 0.05, relative: 0.1 },
    },
    subjectsJudged: subjects.length,
    reference: { kind: 'same_weekday', id: idOfName('reference', 'a'), digest: 'cd', windows: [], rows: 4_000, blindTo: '' },
    rows: 1_000,
    evidence: { positionFrom: '1', positionTo: '2', mode: 'buckets', sha256: 'ef' },
    engine: { driftledger: '0.1.0', v8: '1', tz: '2026a' },
    subjects,
  });
const skipped = (day: number) => MeasurementSkipped.make({ ...head(day), skipped: 'too_few_rows', rows: 3, rowsMin: 200 });

/** Counts what is asked of the log. */
class CountingStore extends InMemoryEventStore {
  reads = 0;
  override readStream(stream: string, options?: ReadOptions): AsyncGenerator<StoredEvent, void, undefined> {
    this.reads += 1;
    return super.readStream(stream, options);
  }
}

const world = () => {
  const store = new CountingStore();
  const start = () => new AlertReactor(new CommandRunner(store, codec), store, codec).subscription();
  let reactor = start();
  let count = 0;
  const deliver = async (events: readonly Recorded[]) => {
    if (reactor.raw) throw new Error('decoded events expected');
    await reactor.handle(events, new AbortController().signal);
  };
  return {
    store,
    deliver,
    restart: () => {
      reactor = start();
    },
    record: async (...events: readonly DomainEvent[]): Promise<readonly Recorded[]> => {
      count += 1;
      const command = meta(`measure ${count}`);
      const encoded: NewEvent[] = events.map((event, index) => codec.encode(event, command, derivedId(command.commandId, index)));
      await store.append(measurementsStream(monitorId), encoded, { expected: 'any' });
      const all: Recorded[] = [];
      for await (const stored of store.readStream(measurementsStream(monitorId))) all.push(codec.decode(stored));
      return all.slice(-events.length);
    },
    alerts: async (name: string): Promise<readonly Recorded<AlertEvent>[]> => {
      const found: Recorded<AlertEvent>[] = [];
      for await (const stored of store.readStream(alertStream(alertIdOf(monitorId, name)))) found.push(codec.decode<AlertEvent>(stored));
      return found;
    },
  };
};
const withoutVerdict = (day: number) =>
  MeasurementRecorded.make({ ...measured(day, [subject('feature:origin', true)]).data, unjudged: 'labelled_share' });
const types = (events: readonly Recorded[]): readonly string[] => events.map((event) => event.type);

describe('AlertReactor', () => {
  it('raises an alert for the subject that breached and for no other, with the evidence of the measurement', async () => {
    const { record, deliver, alerts } = world();
    const [event] = await record(measured(1, [subject('feature:origin', true), subject('feature:hour', false)]));
    await deliver(event ? [event] : []);
    const [raised] = await alerts('feature:origin');
    expect(raised?.data).toMatchObject({
      subject: 'feature:origin',
      episode: 1,
      policy: { k: 1, n: 1, m: 2 },
      severity: 'medium',
      judgement: {
        verdict: 'breach',
        evidence: {
          measurement: { eventId: event?.id, revision: 1 },
          method: 'jensen_shannon',
          score: 0.2,
          limit: 0.1,
          moved: [{ bin: 'ATL' }, { kind: 'interval', bin: '(-∞, 3)' }, { kind: 'rest', bin: '4 other words' }],
        },
      },
    });
    expect(raised?.metadata.$causationId).toBe(event?.id);
    expect(raised?.metadata.actor.kind).toBe('job');
    expect(await alerts('feature:hour')).toEqual([]);
  });

  it('changes nothing when the log is delivered again, in the same process or after a restart', async () => {
    const { record, deliver, alerts, restart } = world();
    const log = [
      ...(await record(measured(1, [subject('feature:origin', true)]))),
      ...(await record(measured(2, [subject('feature:origin', false)]))),
      ...(await record(measured(3, [subject('feature:origin', false)]))),
      ...(await record(measured(4, [subject('feature:origin', true)]))),
    ];
    await deliver(log.slice(0, 2));
    await deliver(log);
    const expected = ['AlertRaised', 'JudgementCounted', 'AlertCleared', 'AlertRaised'];
    expect(types(await alerts('feature:origin'))).toEqual(expected);
    restart();
    await deliver(log);
    expect(types(await alerts('feature:origin'))).toEqual(expected);
  });

  it('still clears an alert whose measurement was delivered twice', async () => {
    const { record, deliver, alerts } = world();
    const [raising] = await record(measured(1, [subject('feature:origin', true)]));
    const [calm] = await record(measured(2, [subject('feature:origin', false)]));
    const [calmer] = await record(measured(3, [subject('feature:origin', false)]));
    for (const event of [raising, raising, calm, calm, calm, calmer]) if (event) await deliver([event]);
    expect(types(await alerts('feature:origin'))).toEqual(['AlertRaised', 'JudgementCounted', 'AlertCleared']);
  });

  it('does not look at the log again for subjects that never breached', async () => {
    const { store, record, deliver } = world();
    const calm = Array.from({ length: 60 }, (_, index) => subject(`feature:f${index}`, false));
    const [first] = await record(measured(1, calm));
    const [second] = await record(measured(2, calm));
    await deliver(first ? [first] : []);
    const before = store.reads;
    await deliver(second ? [second] : []);
    expect(store.reads).toBe(before);
  });

  it('counts a skipped window as no data for the subjects measured before it, also after a restart', async () => {
    const { record, deliver, alerts, restart } = world();
    const parts = [
      measured(1, [subject('feature:origin', true)], { part: { index: 0, of: 2 } }),
      measured(1, [subject('feature:hour', false)], { part: { index: 1, of: 2 } }),
    ];
    await deliver(await record(...parts));
    restart();
    await deliver(await record(skipped(2)));
    const [, counted] = await alerts('feature:origin');
    expect(counted?.type).toBe('JudgementCounted');
    expect(counted?.data).toMatchObject({ judgement: { verdict: 'no_data', note: 'too_few_rows' } });
    expect(await alerts('feature:hour')).toEqual([]);
  });

  it('counts a skipped window for the subjects of every part of the measurement before it, without a restart as well', async () => {
    const { record, deliver, alerts } = world();
    const parts = [
      measured(1, [subject('feature:origin', true)], { part: { index: 0, of: 2 } }),
      measured(1, [subject('feature:hour', false)], { part: { index: 1, of: 2 } }),
    ];
    await deliver(await record(...parts));
    await deliver(await record(skipped(2)));
    expect(types(await alerts('feature:origin'))).toEqual(['AlertRaised', 'JudgementCounted']);
  });

  it('holds no limit against the score of a metric: its change is judged', async () => {
    const { record, deliver, alerts } = world();
    const auc = { ...subject('performance:roc_auc', true), form: 'performance' as const };
    await deliver(await record(measured(1, [auc])));
    const [raised] = await alerts('performance:roc_auc');
    expect(raised?.data).toMatchObject({ severity: 'medium', judgement: { evidence: { limit: null } } });
  });

  it('holds no limit against the score of a test: what is held against limits is the distance beside it', async () => {
    const { record, deliver, alerts } = world();
    const { judgement, ...rest } = subject('feature:delay', true);
    const gates = (judgement?.gates ?? []).map((gate) => ({ ...gate, parameters: { scale: 'jensen_shannon' } }));
    const byTest = { ...rest, judgement: { method: 'mann_whitney', score: 0.4, breach: true, gates } };
    await deliver(await record(measured(1, [byTest])));
    const [raised] = await alerts('feature:delay');
    expect(raised?.data).toMatchObject({ judgement: { evidence: { method: 'mann_whitney', score: 0.4, limit: null } } });
  });

  it('attaches a revision that is not judged, and raises nothing by it', async () => {
    const { record, deliver, alerts } = world();
    await deliver(await record(measured(1, [subject('feature:origin', true), subject('feature:hour', false)])));
    await deliver(
      await record(measured(1, [subject('feature:origin', false), subject('feature:hour', true)], { revision: 2, judged: false })),
    );
    expect(types(await alerts('feature:origin'))).toEqual(['AlertRaised', 'RestatementAttached']);
    expect(await alerts('feature:hour')).toEqual([]);
  });

  it('takes a window with too small a share of labels for no data, whatever was measured', async () => {
    const { record, deliver, alerts } = world();
    await deliver(await record(measured(1, [subject('feature:origin', true)])));
    await deliver(await record(withoutVerdict(2)));
    const [, counted] = await alerts('feature:origin');
    expect(counted?.data).toMatchObject({ judgement: { verdict: 'no_data', note: 'labelled_share' } });
  });

  it('takes a subject without a verdict for no data', async () => {
    const { record, deliver, alerts } = world();
    await deliver(await record(measured(1, [subject('feature:origin', true)])));
    const { judgement: _, ...shown } = subject('feature:origin', false);
    await deliver(await record(measured(2, [shown])));
    expect((await alerts('feature:origin'))[1]?.data).toMatchObject({ judgement: { verdict: 'no_data', note: 'not judged' } });
  });
});

import { idOfName } from '#libs/kernel';
import { specify } from '../../../test/support/specify.js';
import {
  CountLateArrivals,
  FinishRestatement,
  FreezeReference,
  ImportReference,
  RecordTick,
  RestateMeasurements,
  SettleMeasurements,
  SkipMeasurement,
} from './commands.js';
import {
  LateArrivalsCounted,
  MeasurementSkipped,
  MeasurementsSettled,
  ReferenceFrozen,
  ReferenceImported,
  RestatementFinished,
  RestatementRequested,
  WindowTick,
} from './events.js';
import { monitorIdOf } from './ids.js';
import { measurementsDecider } from './measurements-decider.js';
import { derivedMeta } from './revision.js';

const monitorId = monitorIdOf('flights');
const deploymentId = idOfName('deployment', 'flights');
const meta = derivedMeta(monitorId, 'test');
const asOf = { position: '7', watermark: 200, recordedAt: 200 };
const { given } = specify(measurementsDecider);

type Skipped = ReturnType<typeof MeasurementSkipped.make>['data'];
const skip = (overrides: Partial<Skipped> = {}): Skipped => ({
  ...{ monitorId, monitor: 'flights', deploymentId, deployment: 'flights', definitionVersion: 1, kind: 'drift' as const },
  ...{ window: { from: 0, until: 100 }, selection: {}, revision: 1, reason: 'first' as const, judged: true, asOf },
  ...{ alerting: { k: 1, n: 1, m: 3 }, skipped: 'too_few_rows' as const, rows: 5, rowsMin: 200 },
  ...overrides,
});
const settled = { monitorId, kind: 'drift' as const, windows: [{ from: 0, until: 100, revision: 1, rows: 5 }], asOf };
const frozen = { monitorId, referenceId: idOfName('reference', 'a'), kind: 'first_days' as const, windows: [], rows: 9, digest: 'ab' };

describe('measurements', () => {
  it('come in the order of their revisions', () => {
    given().when(new SkipMeasurement(skip(), meta)).then(MeasurementSkipped.make(skip()));
    given()
      .when(new SkipMeasurement(skip({ revision: 2 }), meta))
      .thenRefused('REVISION_OUT_OF_ORDER');
    given(MeasurementSkipped.make(skip())).when(new SkipMeasurement(skip(), meta)).thenRefused('REVISION_OUT_OF_ORDER');
  });

  it('have revisions apart for drift and performance of one window', () => {
    const performance = skip({ kind: 'performance' });
    given(MeasurementSkipped.make(skip())).when(new SkipMeasurement(performance, meta)).then(MeasurementSkipped.make(performance));
  });

  it('settle once', () => {
    given(MeasurementSkipped.make(skip())).when(new SettleMeasurements(settled, meta)).then(MeasurementsSettled.make(settled));
    given(MeasurementSkipped.make(skip()), MeasurementsSettled.make(settled)).when(new SettleMeasurements(settled, meta)).thenNothing();
    given().when(new SettleMeasurements(settled, meta)).thenNothing();
  });

  it('count what came too late for a settled window in whole, again only when it is more, and anew after a revision', () => {
    const late = (count: number) => ({ monitorId, kind: 'drift' as const, windows: [{ from: 0, until: 100, late: count }], asOf });
    const past = [MeasurementSkipped.make(skip()), MeasurementsSettled.make(settled)];
    given(MeasurementSkipped.make(skip()))
      .when(new CountLateArrivals(late(3), meta))
      .thenNothing();
    given(...past)
      .when(new CountLateArrivals(late(3), meta))
      .then(LateArrivalsCounted.make(late(3)));
    const counted = [...past, LateArrivalsCounted.make(late(3))];
    given(...counted)
      .when(new CountLateArrivals(late(3), meta))
      .thenNothing();
    given(...counted)
      .when(new CountLateArrivals(late(5), meta))
      .then(LateArrivalsCounted.make(late(5)));
    const restated = MeasurementSkipped.make(skip({ revision: 2, reason: 'requested', judged: false }));
    given(...counted, restated)
      .when(new CountLateArrivals(late(2), meta))
      .then(LateArrivalsCounted.make(late(2)));
  });

  it('remember the first and the last time a window was measured, and that it was judged', () => {
    const later = { position: '9', watermark: 300, recordedAt: 300 };
    const again = skip({ revision: 2, reason: 'late_rows', judged: false, rows: 8, asOf: later });
    const state = [skip(), again]
      .map((data) => MeasurementSkipped.make(data))
      .reduce(measurementsDecider.evolve, measurementsDecider.initialState());
    expect(state.windows.drift.get(0)).toEqual({
      ...{ until: 100, revision: 2, rows: 8, labelled: 0, judged: true, settled: false, late: 0, first: asOf, last: later },
    });
  });

  it('take a tick once, and an earlier one as a correction', () => {
    const tick = { monitorId, deploymentId, at: 100, silentSince: 50 };
    given().when(new RecordTick(tick, meta)).then(WindowTick.make(tick));
    given(WindowTick.make(tick)).when(new RecordTick(tick, meta)).thenNothing();
    const earlier = { ...tick, at: 90 };
    given(WindowTick.make(tick)).when(new RecordTick(earlier, meta)).then(WindowTick.make(earlier));
  });

  it('never change a reference', () => {
    given().when(new FreezeReference(frozen, meta)).then(ReferenceFrozen.make(frozen));
    given(ReferenceFrozen.make(frozen)).when(new FreezeReference(frozen, meta)).thenNothing();
    given(ReferenceFrozen.make(frozen))
      .when(new FreezeReference({ ...frozen, digest: 'cd' }, meta))
      .thenRefused('REFERENCE_EXISTS');
  });

  it('put the parts of an imported reference together', () => {
    const part = (index: number) => ({
      ...{ monitorId, referenceId: frozen.referenceId, name: 'training', part: { index, of: 2 }, rows: 3, digest: 'ef' },
      source: { file: 'train.csv', sha256: '01' },
      subjects: [{ subject: `feature:${index}`, grid: 'word', words: ['a'], counts: [[0, 3]] satisfies [number, number][] }],
    });
    const events = [0, 1].map((index) => ReferenceImported.make(part(index)));
    given()
      .when(new ImportReference({ monitorId, parts: [part(0), part(1)] }, meta))
      .then(...events);
    const state = events.reduce(measurementsDecider.evolve, measurementsDecider.initialState());
    expect(state.imported.get(frozen.referenceId)?.subjects.map(({ subject }) => subject)).toEqual(['feature:0', 'feature:1']);
  });

  it('serve a request to measure again once', () => {
    const finished = { monitorId, measured: 2, asOf };
    given()
      .when(new RestateMeasurements({ monitorId, monitorKnown: true }, meta))
      .then(RestatementRequested.make({ monitorId }));
    given(RestatementRequested.make({ monitorId }))
      .when(new RestateMeasurements({ monitorId, monitorKnown: true }, meta))
      .thenNothing();
    given()
      .when(new RestateMeasurements({ monitorId, monitorKnown: false }, meta))
      .thenRefused('NO_SUCH_MONITOR');
    given(RestatementRequested.make({ monitorId })).when(new FinishRestatement(finished, meta)).then(RestatementFinished.make(finished));
    given().when(new FinishRestatement(finished, meta)).thenNothing();
  });
});

import { SeededReadModel, idOf, idSql, readsOf } from '../../../test/support/pruning.js';
import { LabelledRows, WindowLabels } from './label-samples.js';
import { CountedUpTo } from './live-queries.js';
import {
  DeploymentTraffic,
  LateArrivals,
  MeasuredSubjects,
  MeasurementHeads,
  MeasurementRevisions,
  MeasurementSeries,
  Monitors,
  MonitorsLate,
} from './queries.js';
import { BatchTimes, DeploymentLogTime, SubjectValues, SubjectsOfRange, TouchedSpans, WindowCounts } from './samples.js';

const [DEPLOYMENTS, SUBJECTS, ROWS] = [50, 20, 400_000];
const [SPAN, DAY] = [300_000, 86_400_000];
const each = idSql(`number % ${DEPLOYMENTS}`);
const subject = `concat('feature:', toString(intDiv(number, ${DEPLOYMENTS}) % ${SUBJECTS}))`;
/** The first subject of each deployment is what counts all rows. */
const counted = `if(intDiv(number, ${DEPLOYMENTS}) % ${SUBJECTS} = 0, 'volume', ${subject})`;
const step = `intDiv(number, ${DEPLOYMENTS * SUBJECTS})`;
const deploymentId = idOf(7);
const monitorId = idOf(7);

const model = new SeededReadModel();
beforeAll(async () => {
  await model.migrate();
  const at = { at_min: `intDiv(number, ${DEPLOYMENTS}) * 60000`, at_max: `intDiv(number, ${DEPLOYMENTS}) * 60000 + 59000` };
  const ofDeployment = { deployment_id: each, position: 'number' };
  await model.fill('driftledger.predictions_batches_v1', ROWS, { ...ofDeployment, ...at });
  await model.fill('driftledger.predictions_features_v1', ROWS, { ...ofDeployment, ...at, feature: subject });
  await model.fill('driftledger.predictions_counts_5m_v1', ROWS, { ...ofDeployment, subject: counted, span: `${step} * ${SPAN}` });
  await model.fill('driftledger.predictions_counts_1d_v1', ROWS, { ...ofDeployment, subject: counted, span: `${step} * ${DAY}` });
  await model.fill('driftledger.predictions_labelled_v1', ROWS, {
    ...ofDeployment,
    predicted_at: `${step} * ${SPAN}`,
    key: 'toString(number)',
  });
  await model.fill('driftledger.monitoring_measurements_v1', ROWS, {
    monitor_id: each,
    deployment_id: each,
    position: 'number',
    event_id: idSql('number'),
    subject,
    kind: "'drift'",
    window_from: `${step} * ${SPAN}`,
    revision: '1',
  });
  await model.fill('driftledger.monitoring_late_v1', ROWS, {
    monitor_id: each,
    position: 'number',
    event_id: idSql('number'),
    kind: "'drift'",
    window_from: `intDiv(number, ${DEPLOYMENTS}) * ${SPAN}`,
  });
  await model.fill('driftledger.monitoring_monitors_v1', ROWS, { monitor_id: idSql('number'), position: 'number' });
});
afterAll(() => model.close());

/** What one deployment or monitor has is a granule or two of each part; 400,000 rows are some fifty. */
const OF_ONE = 8;
/** What one subject of it has lies in one place. */
const OF_ONE_SUBJECT = 4;

describe('of tables with the rows of fifty deployments, the engine reads', () => {
  const { clickHouse } = model;
  const any = { version: null, variant: null };
  const fiveMinutes = { table: 'predictions_counts_5m_v1' as const };
  const days = { table: 'predictions_counts_1d_v1' as const };
  const span = { deploymentId, from: 100 * SPAN, until: 200 * SPAN };
  const range = { ...span, position: 2n ** 62n };
  const series = { monitorId, subject: 'feature:3', kind: 'drift' as const };
  it.each([
    ['a series', () => readsOf(clickHouse, MeasurementSeries, { ...series, from: 0, until: 50 * SPAN, knownAt: 0n, limit: 50 }), OF_ONE],
    ['the revisions of a window', () => readsOf(clickHouse, MeasurementRevisions, { ...series, windowFrom: 50 * SPAN }), OF_ONE],
    ['subjects that were measured', () => readsOf(clickHouse, MeasuredSubjects, { monitorId }), OF_ONE],
    ['heads of measurements', () => readsOf(clickHouse, MeasurementHeads, { monitorIds: [monitorId], eventIds: [idOf(7)] }), OF_ONE],
    [
      'monitors by id',
      () => readsOf(clickHouse, Monitors, { monitorIds: [idOf(7), idOf(300_007)], deploymentId: null, afterName: '', limit: 2 }),
      OF_ONE,
    ],
    ['late arrivals', () => readsOf(clickHouse, LateArrivals, { monitorIds: [monitorId], windowFroms: [50 * SPAN] }), OF_ONE],
    ['all late arrivals of a monitor', () => readsOf(clickHouse, MonitorsLate, { monitorIds: [monitorId] }), OF_ONE],
    ['traffic', () => readsOf(clickHouse, DeploymentTraffic, { deploymentId }), OF_ONE_SUBJECT],
    ['the log time', () => readsOf(clickHouse, DeploymentLogTime, { deploymentId, position: 2n ** 62n }), OF_ONE],
    ['touched spans', () => readsOf(clickHouse, TouchedSpans, { ...fiveMinutes, ...span, ...any, since: 0n }), OF_ONE_SUBJECT],
    [
      'touched days',
      () => readsOf(clickHouse, TouchedSpans, { ...days, ...span, ...any, from: 0, until: 9 * DAY, since: 0n }),
      OF_ONE_SUBJECT,
    ],
    [
      'counts of a window',
      () => readsOf(clickHouse, WindowCounts, { ...fiveMinutes, ...span, ...any, froms: [span.from], untils: [span.until] }),
      OF_ONE,
    ],
    ['batches of a range', () => readsOf(clickHouse, BatchTimes, range), OF_ONE],
    ['subjects of a range', () => readsOf(clickHouse, SubjectsOfRange, range), OF_ONE],
    ['values of a subject', () => readsOf(clickHouse, SubjectValues, { ...range, subject: 'feature:3', exceptGrid: '' }), OF_ONE_SUBJECT],
    ['labels of a window', () => readsOf(clickHouse, WindowLabels, { ...range, ...any, since: 0n }), OF_ONE],
    ['labelled rows of a window', () => readsOf(clickHouse, LabelledRows, { ...range, ...any }), OF_ONE],
  ])('a few granules for %s', async (_, reads, granulesMax) => {
    const [read, ...others] = await reads();
    expect(others).toEqual([]);
    expect(read?.of).toBeGreaterThan(40);
    expect(read?.granules).toBeLessThanOrEqual(granulesMax);
  });

  it('a few granules of the counts of a deployment for how far they reach', async () => {
    for (const { granules } of await readsOf(clickHouse, CountedUpTo, { deploymentId }))
      expect(granules).toBeLessThanOrEqual(OF_ONE_SUBJECT);
  });
});

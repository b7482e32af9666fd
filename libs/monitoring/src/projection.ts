import { dateTimeOf, type Projection, type Row, type TableSpec } from '#libs/clickhouse';
import { type EventOf } from '#libs/event-store';
import { type Recorded } from '#libs/kernel';
import { type LateArrivalsCounted, type MeasurementRecorded, type MeasurementSkipped, type MonitorEvent } from './events.js';

const MONITORS: TableSpec = {
  name: 'monitoring_monitors_v1',
  columns: [
    ...['monitor_id', 'position', 'event_id', 'recorded_at', 'change', 'name', 'deployment_id', 'deployment', 'status'],
    ...['definition_version', 'definition'],
  ],
  partition: 'none',
};
const MEASUREMENTS: TableSpec = {
  name: 'monitoring_measurements_v1',
  columns: [
    ...['monitor_id', 'deployment_id', 'kind', 'subject', 'window_from', 'window_until', 'revision', 'reason', 'skipped'],
    ...['position', 'event_id', 'recorded_at', 'form', 'method', 'score', 'judged', 'breach', 'rows', 'labelled', 'head', 'detail'],
  ],
  partition: 'month',
};

const LATE: TableSpec = {
  name: 'monitoring_late_v1',
  columns: ['monitor_id', 'kind', 'window_from', 'position', 'event_id', 'recorded_at', 'late'],
  partition: 'none',
};

type LateEvent = EventOf<typeof LateArrivalsCounted>;
type RecordedEvent = EventOf<typeof MeasurementRecorded>;
type SkippedEvent = EventOf<typeof MeasurementSkipped>;
type Projected = MonitorEvent | RecordedEvent | SkippedEvent | LateEvent;

/** Monitors and what they measured, as rows. */
export const monitoringProjection: Projection<Projected> = {
  name: 'monitoring',
  version: 1,
  handles: [
    ...['MonitorCreated', 'MonitorRevised', 'MonitorPaused', 'MonitorResumed'],
    ...['MeasurementRecorded', 'MeasurementSkipped', 'LateArrivalsCounted'],
  ],
  tables: [MONITORS, MEASUREMENTS, LATE],
  rows: (events) => {
    const monitors: Row[] = [];
    const measurements: Row[] = [];
    const late: Row[] = [];
    for (const event of events) {
      if (event.type === 'LateArrivalsCounted') late.push(...event.data.windows.map((window) => lateRow(event, window)));
      else if (event.type === 'MeasurementRecorded' || event.type === 'MeasurementSkipped') {
        measurements.push(...(event.type === 'MeasurementRecorded' ? subjectRows(event) : [skippedRow(event)]));
        // Only on request a settled window is measured again: what was late is then in it.
        if (event.data.reason === 'requested') late.push(lateRow(event, { from: event.data.window.from, late: 0 }));
      } else monitors.push(monitorRow(event));
    }
    return new Map([
      [MONITORS.name, monitors],
      [MEASUREMENTS.name, measurements],
      [LATE.name, late],
    ]);
  },
};

const monitorRow = (event: Recorded<MonitorEvent>): Row => {
  const head = [event.data.monitorId, event.position.commit, event.id, dateTimeOf(event.recordedAt), event.type];
  switch (event.type) {
    case 'MonitorCreated': {
      const { name, deploymentId, deployment, definitionVersion, definition } = event.data;
      return [...head, name, deploymentId, deployment, 'active', definitionVersion, JSON.stringify(definition)];
    }
    case 'MonitorRevised':
      return [...head, '', '', '', '', event.data.definitionVersion, JSON.stringify(event.data.definition)];
    case 'MonitorPaused':
      return [...head, '', '', '', 'paused', 0, ''];
    case 'MonitorResumed':
      return [...head, '', '', '', 'active', 0, ''];
  }
};

const headOf = ({ data, position, id, recordedAt }: Recorded<RecordedEvent> | Recorded<SkippedEvent>, subject: string): Row => [
  ...[data.monitorId, data.deploymentId, data.kind, subject, data.window.from, data.window.until, data.revision, data.reason],
  ...['skipped' in data ? data.skipped : '', position.commit, id, dateTimeOf(recordedAt)],
];

const lateRow = (
  { data, position, id, recordedAt }: Recorded<RecordedEvent> | Recorded<SkippedEvent> | Recorded<LateEvent>,
  { from, late }: { readonly from: number; readonly late: number },
): Row => [data.monitorId, data.kind, from, position.commit, id, dateTimeOf(recordedAt), late];

const subjectRows = (event: Recorded<RecordedEvent>): Row[] => {
  const { subjects, ...head } = event.data;
  return subjects.map((subject, i) => {
    const [main] = subject.scores;
    return [
      ...headOf(event, subject.subject),
      ...[subject.form, main?.method ?? '', main?.score ?? 0, subject.judgement ? 1 : 0, subject.judgement?.breach ? 1 : 0],
      ...[head.rows, head.labelled ?? 0, i === 0 ? JSON.stringify(head) : '', JSON.stringify(subject)],
    ];
  });
};

const skippedRow = (event: Recorded<SkippedEvent>): Row => [
  ...headOf(event, ''),
  ...['', '', 0, 0, 0, event.data.rows, 0, JSON.stringify(event.data), ''],
];

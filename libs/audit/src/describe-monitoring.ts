import { type MonitoringEvent } from '#libs/monitoring';
import { unreachable } from '#libs/kernel';
import { type Described, becomes, counted, moment, someOf, span } from './described.js';

type Of<T extends MonitoringEvent['type']> = Extract<MonitoringEvent, { type: T }>;

const measured = ({ data }: Of<'MeasurementRecorded'>): Described => {
  const breaches = data.subjects.filter(({ judgement }) => judgement?.breach).map(({ subject }) => subject);
  const found =
    breaches.length === 0 ? 'no breach' : `${counted(breaches.length, 'breach')}: ${someOf(breaches)}`.replace('breachs', 'breaches');
  const again = data.revision === 1 ? '' : `, revision ${data.revision} (${data.reason.replaceAll('_', ' ')})`;
  const [only] = data.subjects.length === 1 ? data.subjects : [];
  return {
    class: 'measurement',
    deploymentId: data.deploymentId,
    monitorId: data.monitorId,
    ...(only ? { subject: only.subject } : {}),
    summary: `${data.monitor} measured ${data.kind} of ${counted(data.subjects.length, 'subject')} for ${span(data.window)}${again}: ${found}`,
  };
};

const sizeOf = ({ kind, rows, labelled }: Of<'MeasurementSkipped'>['data']): string =>
  kind === 'performance' ? `${counted(labelled ?? 0, 'label')} for ${counted(rows, 'row')}` : counted(rows, 'row');

const skipped = ({ data }: Of<'MeasurementSkipped'>): Described => ({
  class: 'measurement',
  deploymentId: data.deploymentId,
  monitorId: data.monitorId,
  summary: `${data.monitor} skipped ${data.kind === 'performance' ? 'performance of ' : ''}${span(data.window)}: ${data.skipped.replaceAll('_', ' ')} (${sizeOf(data)}, ${data.rowsMin} needed)`,
});

const settledInWords = ({ data }: Of<'MeasurementsSettled'>): string =>
  `${counted(data.windows.length, 'window')} of ${data.kind} settled: later rows or labels no longer count`;

const lateInWords = ({ data: { kind, windows } }: Of<'LateArrivalsCounted'>): string => {
  const late = counted(
    windows.reduce((sum, window) => sum + window.late, 0),
    kind === 'drift' ? 'row' : 'label',
  );
  return `${late} came too late for ${counted(windows.length, 'settled window')} and are in no measurement`;
};

/** What the trail says about the facts of monitors, measurements and references. */
export const describeMonitoring = (event: MonitoringEvent): Described => {
  const about = { class: 'measurement', monitorId: event.data.monitorId } as const;
  switch (event.type) {
    case 'MonitorCreated': {
      const { name, deployment, deploymentId, definition } = event.data;
      return { ...about, deploymentId, summary: `Monitor ${name} created for ${deployment}`, changes: [becomes('definition', definition)] };
    }
    case 'MonitorRevised': {
      const { definitionVersion, definition } = event.data;
      return { ...about, summary: `Monitor revised, definition ${definitionVersion}`, changes: [becomes('definition', definition)] };
    }
    case 'MonitorPaused':
      return { ...about, summary: 'Monitor paused', changes: [{ path: 'paused', before: false, after: true }] };
    case 'MonitorResumed':
      return { ...about, summary: 'Monitor resumed', changes: [{ path: 'paused', before: true, after: false }] };
    case 'MeasurementRecorded':
      return measured(event);
    case 'MeasurementSkipped':
      return skipped(event);
    case 'WindowTick': {
      const { deploymentId, at } = event.data;
      return { ...about, deploymentId, summary: `Time went on without predictions until ${moment(at)}` };
    }
    case 'ReferenceFrozen': {
      const { windows, rows, referenceId, digest } = event.data;
      const summary = `Reference frozen from ${counted(windows.length, 'window')} with ${counted(rows, 'row')}`;
      return { ...about, summary, changes: [becomes(`references.${referenceId}`, { windows, rows, digest })] };
    }
    case 'ReferenceImported': {
      const { name, source, rows, referenceId, digest, part } = event.data;
      const piece = part.of === 1 ? '' : `, part ${part.index + 1} of ${part.of}`;
      const summary = `Reference ${name} imported from ${source.file} with ${counted(rows, 'row')}${piece}`;
      return { ...about, summary, changes: [becomes(`references.${referenceId}`, { name, source, rows, digest })] };
    }
    case 'MeasurementsSettled':
      return { ...about, summary: settledInWords(event) };
    case 'LateArrivalsCounted':
      return { ...about, summary: lateInWords(event) };
    case 'RestatementRequested':
      return { ...about, summary: 'Measuring again requested for closed windows with new rows or labels' };
    case 'RestatementFinished':
      return { ...about, summary: 'Measuring again finished' };
    default:
      return unreachable(event);
  }
};

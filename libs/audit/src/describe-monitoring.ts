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

const skipped = ({ data }: Of<'MeasurementSkipped'>): Described => ({
  class: 'measurement',
  deploymentId: data.deploymentId,
  monitorId: data.monitorId,
  summary: `${data.monitor} skipped ${span(data.window)}: ${data.skipped.replaceAll('_', ' ')} (${counted(data.rows, 'row')}, ${data.rowsMin} needed)`,
});

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
    case 'WindowTick':
      return {
        ...about,
        deploymentId: event.data.deploymentId,
        summary: `Time went on without predictions until ${moment(event.data.at)}`,
      };
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
      return {
        ...about,
        summary: `${counted(event.data.windows.length, 'window')} of ${event.data.kind} settled: later rows or labels no longer count`,
      };
    case 'RestatementRequested':
      return { ...about, summary: 'Measuring again requested for closed windows with new rows or labels' };
    case 'RestatementFinished':
      return { ...about, summary: 'Measuring again finished' };
    default:
      return unreachable(event);
  }
};

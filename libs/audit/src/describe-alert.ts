import { type AlertEvent } from '#libs/alerts';
import { unreachable } from '#libs/kernel';
import { type Change, type Described, counted, moment, score, span } from './described.js';

type Judged = Extract<AlertEvent, { type: 'AlertRaised' }>['data']['judgement'];

const verdictOf = ({ verdict, window }: Judged): string => `${verdict.replace('_', ' ')} for ${span(window)}`;

const evidenceOf = ({ evidence }: Judged): string => {
  if (!evidence) return '';
  const moved = evidence.moved.slice(0, 3).map(({ bin }) => bin);
  const limit = evidence.limit === null ? '' : ` above ${score(evidence.limit)}`;
  return ` (${evidence.method} ${score(evidence.score)}${limit}${moved.length > 0 ? `; moved: ${moved.join(', ')}` : ''})`;
};

const status = (before: string | null, after: string): readonly Change[] => [{ path: 'status', before, after }];

/** What the trail says about the facts of alerts. */
export const describeAlert = (event: AlertEvent): Described => {
  const { deploymentId, monitorId, monitor, subject } = event.data;
  const about = { class: 'alert', deploymentId, monitorId, subject } as const;
  const what = `${subject} of ${monitor}`;
  switch (event.type) {
    case 'AlertSuspected':
      return { ...about, summary: `Alert on ${what} suspected${evidenceOf(event.data.judgement)}`, changes: status('calm', 'suspected') };
    case 'JudgementCounted':
      return { ...about, summary: `Judgement on ${what} counted: ${verdictOf(event.data.judgement)}` };
    case 'SuspicionDropped':
      return { ...about, summary: `Suspicion on ${what} dropped`, changes: status('suspected', 'calm') };
    case 'AlertRaised': {
      const { severity, judgement, breaches, policy } = event.data;
      const rule = `${counted(breaches.length, 'breach').replace('breachs', 'breaches')} of ${policy.n}`;
      const summary = `Alert on ${what} raised, severity ${severity}, ${rule}${evidenceOf(judgement)}`;
      return {
        ...about,
        summary,
        changes: [...status(policy.k > 1 ? 'suspected' : 'calm', 'raised'), { path: 'severity', before: null, after: severity }],
      };
    }
    case 'AlertAcknowledged':
      return { ...about, summary: `Alert on ${what} acknowledged`, changes: [{ path: 'acknowledged', before: false, after: true }] };
    case 'AlertSilenced': {
      const { until } = event.data;
      return {
        ...about,
        summary: `Alert on ${what} silenced until ${moment(until)}`,
        changes: [{ path: 'silencedUntil', before: null, after: until }],
      };
    }
    case 'SilenceEnded': {
      const how = event.data.by === 'time' ? 'its time was over' : 'by command';
      const summary = `Silence on ${what} ended, ${how}${event.data.raised ? '; the alert is still raised' : ''}`;
      return { ...about, summary, changes: [{ path: 'silenced', before: true, after: false }] };
    }
    case 'AlertCleared':
      return {
        ...about,
        summary: `Alert on ${what} cleared ${event.data.by === 'calm' ? 'after calm windows' : 'by command'}`,
        changes: status('raised', 'cleared'),
      };
    case 'RestatementAttached':
      return { ...about, summary: `A window of the alert on ${what} was measured again: ${verdictOf(event.data.judgement)}` };
    default:
      return unreachable(event);
  }
};

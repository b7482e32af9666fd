import { accept, refuse, unreachable, type Decider, type Decision, type Instant, type Refusal } from '#libs/kernel';
import { type AlertCommand, type AlertRefusal, type JudgeMeasurement } from './commands.js';
import {
  AlertAcknowledged,
  AlertCleared,
  type AlertEvent,
  AlertRaised,
  AlertSilenced,
  AlertSuspected,
  JudgementCounted,
  RestatementAttached,
  SilenceEnded,
  SuspicionDropped,
} from './events.js';
import { evolve } from './evolve.js';
import { type Judgement, severityOf, type Severity } from './judgement.js';
import { type AlertState, type Known, lastJudgements, placeOf, type Raised, type Suspected } from './state.js';

/** Longest silence: 90 days. A subject nobody wants to hear of for longer needs another monitor, not a silence. */
export const SILENCE_MS_MAX = 90 * 24 * 60 * 60 * 1_000;

type Answer = Decision<AlertEvent, Refusal<AlertRefusal>>;
type Judge = JudgeMeasurement['data'];

/** One alert: the judgements of one subject of one monitor, in the order of their windows, and what people decided about them. */
export const alertDecider: Decider<AlertState, AlertCommand, AlertEvent, Refusal<AlertRefusal>> = {
  initialState: () => ({ status: 'unknown' }),
  evolve,
  decide,
};

function decide(command: AlertCommand, state: AlertState): Answer {
  if (command.type === 'JudgeMeasurement') return judge(command.data, state);
  if (state.status === 'unknown') return refuse('NO_SUCH_ALERT', 'no alert has this id');
  switch (command.type) {
    case 'AcknowledgeAlert':
      return acknowledge(command.data, state);
    case 'SilenceAlert':
      return silence(command.data, state);
    case 'EndSilence':
      return endSilence(command.data, state);
    case 'ClearAlert':
      return clear(command.data, state);
    default:
      return unreachable(command);
  }
}

function judge(data: Judge, state: AlertState): Answer {
  if (data.restatement) return attach(data, data.restatement.why, state);
  // A replay, or a window that was first measured after a later one: the order of windows is the order of judgements.
  if (state.status !== 'unknown' && data.judgement.window.until <= state.judgedUntil) return accept();
  switch (state.status) {
    case 'unknown':
    case 'calm':
      return data.judgement.verdict === 'breach' ? begin(data, state) : accept();
    case 'suspected':
      return confirm(data, state);
    case 'raised':
      return countOrClear(data, state);
    default:
      return unreachable(state);
  }
}

function begin(data: Judge, state: AlertState): Answer {
  const about = aboutOf(data, state.status === 'unknown' ? 1 : state.about.episode + 1);
  const { policy, judgement } = data;
  if (Math.min(policy.k, policy.n) > 1) {
    return accept(AlertSuspected.make({ ...about, policy, judgement, severity: severityIn(judgement) }));
  }
  return accept(raised(about, data, [placeOf(judgement)], state));
}

function confirm(data: Judge, state: Suspected): Answer {
  const { policy, judgement } = data;
  const about = aboutOf(data, state.about.episode);
  const recent = lastJudgements(state.recent, judgement, policy.n);
  const breaches = recent.filter((place) => place.verdict === 'breach');
  // Only a breach raises: after k was lowered enough earlier ones may be there already, and a calm window is no reason to alert.
  if (judgement.verdict === 'breach' && breaches.length >= Math.min(policy.k, policy.n))
    return accept(raised(about, data, breaches, state));
  if (breaches.length === 0) return accept(SuspicionDropped.make({ ...about, policy, judgement }));
  return accept(counted(about, data));
}

function countOrClear(data: Judge, state: Raised): Answer {
  const { policy, judgement } = data;
  const about = aboutOf(data, state.about.episode);
  const clears = judgement.verdict === 'calm' && state.calmInARow + 1 >= policy.m;
  if (clears) return accept(AlertCleared.make({ ...about, by: 'calm', policy, judgement, ...silenceAt(state, data.at) }));
  // The end of a silence has no moment of its own in the log; an alert that is still raised then must be heard of again.
  const over = state.silencedUntil !== undefined && data.at >= state.silencedUntil;
  return over ? accept(SilenceEnded.make({ ...about, by: 'time', raised: true }), counted(about, data)) : accept(counted(about, data));
}

/** Only what belongs to the current or last episode is attached: other windows have no alert to attach to. */
function attach(data: Judge, why: string, state: AlertState): Answer {
  if (state.status === 'unknown') return accept();
  const { judgement } = data;
  const { from, until } = judgement.window;
  if (from < state.episodeFrom || until > state.judgedUntil) return accept();
  const revision = judgement.evidence?.measurement.revision ?? 0;
  if (revision <= (state.restated.get(from) ?? 0)) return accept();
  return accept(RestatementAttached.make({ ...aboutOf(data, state.about.episode), judgement, why }));
}

function acknowledge(data: { episode: number; note?: string; at: Instant }, state: Known): Answer {
  const raised = raisedAs(data.episode, state);
  if (!raised) return notRaised();
  if (raised.acknowledged) return refuse('ALREADY_ACKNOWLEDGED', 'somebody acknowledged this alert already');
  return accept(AlertAcknowledged.make({ ...state.about, ...(data.note && { note: data.note }), ...silenceAt(state, data.at) }));
}

function silence(data: { until: Instant; reason: string; at: Instant }, state: Known): Answer {
  if (data.reason.trim() === '') return refuse('REASON_REQUIRED', 'a silence needs a reason', { field: 'reason' });
  if (data.until <= data.at) return refuse('SILENCE_ENDS_IN_PAST', 'a silence ends in the future', { field: 'until' });
  if (data.until - data.at > SILENCE_MS_MAX) {
    return refuse('SILENCE_TOO_LONG', 'a silence lasts at most 90 days', { field: 'until', limit: SILENCE_MS_MAX });
  }
  if (state.silencedUntil === data.until) return refuse('ALREADY_SILENCED', 'it is silenced until then already', { field: 'until' });
  return accept(AlertSilenced.make({ ...state.about, until: data.until, reason: data.reason.trim() }));
}

function endSilence(data: { reason: string; at: Instant }, state: Known): Answer {
  if (data.reason.trim() === '') return refuse('REASON_REQUIRED', 'ending a silence needs a reason', { field: 'reason' });
  if (state.silencedUntil === undefined || state.silencedUntil <= data.at) return refuse('NOT_SILENCED', 'no silence is in force');
  const raised = state.status === 'raised';
  return accept(SilenceEnded.make({ ...state.about, by: 'command', raised, reason: data.reason.trim() }));
}

function clear(data: { episode: number; reason: string; at: Instant }, state: Known): Answer {
  if (!raisedAs(data.episode, state)) return notRaised();
  if (data.reason.trim() === '') return refuse('REASON_REQUIRED', 'clearing an alert needs a reason', { field: 'reason' });
  return accept(AlertCleared.make({ ...state.about, by: 'command', reason: data.reason.trim(), ...silenceAt(state, data.at) }));
}

const raisedAs = (episode: number, state: Known): Raised | undefined =>
  state.status === 'raised' && state.about.episode === episode ? state : undefined;

const notRaised = (): Answer => refuse('NO_ALERT_RAISED', 'this alert is not raised, or has ended since');

const aboutOf = ({ alertId, monitorId, monitor, deploymentId, deployment, subject }: Judge, episode: number): Known['about'] => ({
  alertId,
  monitorId,
  monitor,
  deploymentId,
  deployment,
  subject,
  episode,
});

const severityIn = ({ evidence }: Judgement): Severity => (evidence ? severityOf(evidence.gates) : 'low');

const silenceAt = (state: AlertState, at: Instant): { silencedUntil?: number } =>
  state.status !== 'unknown' && state.silencedUntil !== undefined && at < state.silencedUntil ? { silencedUntil: state.silencedUntil } : {};

const counted = (about: Known['about'], { policy, judgement }: Judge): AlertEvent =>
  JudgementCounted.make({
    ...about,
    policy,
    judgement,
    ...(judgement.verdict === 'breach' ? { severity: severityIn(judgement) } : {}),
  });

const raised = (about: Known['about'], data: Judge, breaches: Suspected['recent'], state: AlertState): AlertEvent => {
  const { policy, judgement } = data;
  return AlertRaised.make({
    ...about,
    policy,
    judgement,
    severity: severityIn(judgement),
    breaches: breaches.map(({ window, measurementEventId, score }) => ({
      window,
      score,
      ...(measurementEventId && { measurementEventId }),
    })),
    ...silenceAt(state, data.at),
  });
};

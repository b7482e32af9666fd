import { unreachable } from '#libs/kernel';
import { type AlertEvent } from './events.js';
import { type Judgement } from './judgement.js';
import { type AlertState, type Calm, type Known, lastJudgements, placeOf, type Raised, type Suspected } from './state.js';

/** The state of an alert after one more of its events. */
export const evolve = (state: AlertState, event: AlertEvent): AlertState => {
  switch (event.type) {
    case 'AlertSuspected':
      return { ...episodeBegun(state, event.data), status: 'suspected', recent: [placeOf(event.data.judgement)] };
    case 'AlertRaised': {
      const known = state.status === 'suspected' ? judged(state, event.data.judgement) : episodeBegun(state, event.data);
      return { ...headOf(known), status: 'raised', calmInARow: 0, acknowledged: false };
    }
    case 'JudgementCounted':
      return count(knownBefore(state, event), event.data);
    case 'SuspicionDropped':
      return { ...headOf(judged(knownBefore(state, event), event.data.judgement)), status: 'calm' };
    case 'AlertCleared': {
      const known = knownBefore(state, event);
      return { ...headOf(event.data.judgement ? judged(known, event.data.judgement) : known), status: 'calm' };
    }
    case 'AlertAcknowledged': {
      const known = knownBefore(state, event);
      return known.status === 'raised' ? { ...known, acknowledged: true } : known;
    }
    case 'AlertSilenced':
      return { ...knownBefore(state, event), silencedUntil: event.data.until };
    case 'SilenceEnded': {
      const { silencedUntil: _, ...rest } = knownBefore(state, event);
      return rest;
    }
    case 'RestatementAttached':
      return restated(knownBefore(state, event), event.data.judgement);
    default:
      return unreachable(event);
  }
};

type Begun = Calm['about'] & { readonly judgement: Judgement };

const episodeBegun = (
  state: AlertState,
  { alertId, monitorId, monitor, deploymentId, deployment, subject, episode, judgement }: Begun,
): Calm => ({
  status: 'calm',
  about: { alertId, monitorId, monitor, deploymentId, deployment, subject, episode },
  episodeFrom: judgement.window.from,
  judgedUntil: judgement.window.until,
  restated: new Map(),
  ...(state.status !== 'unknown' && state.silencedUntil !== undefined && { silencedUntil: state.silencedUntil }),
});

const knownBefore = (state: AlertState, event: AlertEvent): Known => {
  if (state.status === 'unknown') throw new Error(`${event.type} before any breach`);
  return state;
};

/** What all states share, without what only one of them has. */
const headOf = ({ about, episodeFrom, judgedUntil, restated: attached, silencedUntil }: Known): Omit<Calm, 'status'> => ({
  about,
  episodeFrom,
  judgedUntil,
  restated: attached,
  ...(silencedUntil !== undefined && { silencedUntil }),
});

const judged = <K extends Known>(known: K, { window }: Judgement): K => ({ ...known, judgedUntil: window.until });

const count = (state: Known, { judgement, policy }: { judgement: Judgement; policy: { n: number } }): Known => {
  if (state.status === 'suspected') return suspectedAfter(judged(state, judgement), judgement, policy.n);
  if (state.status === 'raised') return raisedAfter(judged(state, judgement), judgement);
  throw new Error('JudgementCounted while calm');
};

const suspectedAfter = (state: Suspected, judgement: Judgement, n: number): Suspected => ({
  ...state,
  recent: lastJudgements(state.recent, judgement, n),
});

const raisedAfter = (state: Raised, { verdict }: Judgement): Raised => {
  if (verdict === 'no_data') return state;
  return { ...state, calmInARow: verdict === 'calm' ? state.calmInARow + 1 : 0 };
};

const restated = (state: Known, { window, evidence }: Judgement): Known => ({
  ...state,
  restated: new Map(state.restated).set(window.from, evidence?.measurement.revision ?? 0),
});

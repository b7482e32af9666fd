import { type AlertWindow, type Judgement, type Verdict } from './judgement.js';

/** One of the last n judgements. */
export type Place = {
  readonly verdict: Verdict;
  readonly window: AlertWindow;
  readonly score: number | null;
  readonly measurementEventId?: string;
};

type Head = {
  readonly about: {
    readonly alertId: string;
    readonly monitorId: string;
    readonly monitor: string;
    readonly deploymentId: string;
    readonly deployment: string;
    readonly subject: string;
    /** The current episode, or the last one of a calm subject. */
    readonly episode: number;
  };
  /** Start of the first window of the episode. */
  readonly episodeFrom: number;
  /** End of the latest window that left a trace: earlier ones are not judged again. */
  readonly judgedUntil: number;
  readonly silencedUntil?: number;
  /** Start of a window of the episode → highest revision attached. */
  readonly restated: ReadonlyMap<number, number>;
};

export type Calm = Head & { readonly status: 'calm' };
export type Suspected = Head & { readonly status: 'suspected'; readonly recent: readonly Place[] };
export type Raised = Head & { readonly status: 'raised'; readonly calmInARow: number; readonly acknowledged: boolean };
export type Known = Calm | Suspected | Raised;

/** `unknown`: never breached. */
export type AlertState = { readonly status: 'unknown' } | Known;

export const placeOf = ({ verdict, window, evidence }: Judgement): Place => ({
  verdict,
  window,
  score: evidence?.score ?? null,
  ...(evidence && { measurementEventId: evidence.measurement.eventId }),
});

/** The last n judgements, oldest first, the given one included. */
export const lastJudgements = (recent: readonly Place[], judgement: Judgement, n: number): readonly Place[] =>
  [...recent, placeOf(judgement)].slice(-n);

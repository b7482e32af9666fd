import { globalId } from '#libs/graphql-kit';
import { type Instant, parsePosition, positionOf, uuid } from '#libs/kernel';
import { type AlertPolicy, type AlertWindow, type Evidence, type Judgement, timesLimitOf } from './judgement.js';
import { type AlertEntryRow, type AlertRow } from './queries.js';

/** Severities as GraphQL shows them, by rank. */
const SEVERITIES = ['LOW', 'LOW', 'MEDIUM', 'HIGH'] as const;
const shown = (word: string): string => word.toUpperCase();

/** A judgement as the schema shows it. */
export type JudgementNode = {
  readonly window: AlertWindow;
  readonly verdict: string;
  readonly note: string | undefined;
  readonly evidence: object | undefined;
};

const judgementNode = ({ window, verdict, note, evidence }: Judgement): JudgementNode => ({
  window,
  verdict: shown(verdict),
  note,
  evidence: evidence && evidenceNode(evidence),
});

/** A limit of 0 is exceeded by no number of times. */
const finite = (times: number | undefined): number | undefined => (Number.isFinite(times) ? times : undefined);

const evidenceNode = ({ measurement, reference, moved, ...evidence }: Evidence): object => ({
  ...evidence,
  timesLimit: finite(timesLimitOf(evidence.gates)),
  measurementEventId: measurement.eventId,
  measurementPosition: parsePosition(measurement.position),
  revision: measurement.revision,
  moved: moved.map((bin) => ({ ...bin, kind: shown(bin.kind) })),
  referenceKind: reference?.kind,
  referenceDigest: reference?.digest,
});

/** An alert as the schema shows it; `history` has a resolver of its own. */
export type AlertNode = Omit<AlertRow, 'position' | 'status' | 'severity' | 'silenceReason' | 'decisive' | 'latest'> & {
  readonly silenceReason: string | undefined;
  readonly id: string;
  readonly position: ReturnType<typeof positionOf>;
  readonly status: string;
  readonly severity: string;
  readonly policy: AlertPolicy;
  readonly decisive: JudgementNode;
  readonly breachedWindows: readonly AlertWindow[];
  readonly latest: JudgementNode;
};

/** @param now decides whether a silence is in force */
export const alertNode = (row: AlertRow, now: Instant): AlertNode => {
  const silenced = row.silencedUntil !== undefined && row.silencedUntil > now;
  return {
    ...row,
    id: globalId('Alert', uuid(row.episodeId)),
    deploymentId: globalId('Deployment', uuid(row.deploymentId)),
    monitorId: globalId('Monitor', uuid(row.monitorId)),
    position: positionOf(row.position),
    status: shown(row.status),
    severity: SEVERITIES[row.severity] ?? 'LOW',
    silencedUntil: silenced ? row.silencedUntil : undefined,
    silenceReason: silenced ? row.silenceReason : undefined,
    policy: row.decisive.policy,
    decisive: judgementNode(row.decisive.judgement),
    breachedWindows: (row.decisive.breaches ?? []).map(({ window }) => window),
    latest: judgementNode(row.latest.judgement),
  };
};

/** An entry of the history as the schema shows it. */
export const entryNode = ({ position, eventId, recordedAt, kind, actorId, reason, data }: AlertEntryRow): object => ({
  position: positionOf(position),
  eventId,
  at: recordedAt,
  kind: shown(kind),
  actorId,
  reason,
  until: data.until,
  judgement: data.judgement && judgementNode(data.judgement),
});

import { z } from 'zod';
import { derivedId, uuid, type Uuid } from '#libs/kernel';
import { defineEvent, type EventOf } from '#libs/event-store';
import { AlertPolicy, AlertWindow, Judgement, Severity } from './judgement.js';

/** The alert of one subject of one monitor, over all its episodes. */
export const alertIdOf = (monitorId: string, subject: string): Uuid => derivedId(uuid(monitorId), subject);

/** One episode of an alert: from suspicion to clearing. What people see as "an alert". */
export const episodeIdOf = (alertId: Uuid, episode: number): Uuid => derivedId(alertId, `episode ${episode}`);

export const alertStream = (alertId: string): string => `alert-${alertId}`;

/** In every event: what it is about, and which episode, counted from 1. */
const about = {
  alertId: z.uuid(),
  monitorId: z.uuid(),
  monitor: z.string(),
  deploymentId: z.uuid(),
  /** Name of the deployment. */
  deployment: z.string(),
  /** `feature:<name>`, `output:<name>`, `volume`, `performance:<metric>` … */
  subject: z.string(),
  episode: z.int().min(1),
};

/** End of a silence that is in force, epoch milliseconds: while it holds, nothing is published. */
const silencedUntil = z.int().optional();

/** The first breach of a policy that needs several. */
export const AlertSuspected = defineEvent('AlertSuspected', {
  version: 1,
  schema: z.object({ ...about, policy: AlertPolicy, judgement: Judgement, severity: Severity }),
});

/** A further judgement while an alert is suspected or raised. Calm judgements of a calm subject are not recorded. */
export const JudgementCounted = defineEvent('JudgementCounted', {
  version: 1,
  schema: z.object({ ...about, policy: AlertPolicy, judgement: Judgement, severity: Severity.optional() }),
});

/** No breach is left among the last n judgements of a suspected alert. */
export const SuspicionDropped = defineEvent('SuspicionDropped', {
  version: 1,
  schema: z.object({ ...about, policy: AlertPolicy, judgement: Judgement }),
});

/** k of the last n judgements were breaches. `judgement` is the one that decided, `breaches` all that counted, oldest first. */
export const AlertRaised = defineEvent('AlertRaised', {
  version: 1,
  schema: z.object({
    ...about,
    policy: AlertPolicy,
    judgement: Judgement,
    severity: Severity,
    breaches: z.array(z.object({ window: AlertWindow, measurementEventId: z.uuid().optional(), score: z.number().nullable() })),
    silencedUntil,
  }),
});

export const AlertAcknowledged = defineEvent('AlertAcknowledged', {
  version: 1,
  schema: z.object({ ...about, note: z.string().optional(), silencedUntil }),
});

/** Nothing of this subject is published until then, over all episodes. States keep changing. */
export const AlertSilenced = defineEvent('AlertSilenced', {
  version: 1,
  schema: z.object({ ...about, until: z.int(), reason: z.string() }),
});

/** By time: noticed at the first judgement after the end, and recorded only if the alert is still raised, so that it is not forgotten. */
export const SilenceEnded = defineEvent('SilenceEnded', {
  version: 1,
  schema: z.object({ ...about, by: z.enum(['time', 'command']), raised: z.boolean(), reason: z.string().optional() }),
});

export const AlertCleared = defineEvent('AlertCleared', {
  version: 1,
  schema: z.object({
    ...about,
    by: z.enum(['calm', 'command']),
    /** The last of the calm judgements; missing when a person cleared it. */
    policy: AlertPolicy.optional(),
    judgement: Judgement.optional(),
    reason: z.string().optional(),
    silencedUntil,
  }),
});

/** A window of this episode was measured again. For the record: restatements never raise or clear. */
export const RestatementAttached = defineEvent('RestatementAttached', {
  version: 1,
  schema: z.object({ ...about, judgement: Judgement, why: z.string() }),
});

export const ALERT_EVENTS = [
  AlertSuspected,
  JudgementCounted,
  SuspicionDropped,
  AlertRaised,
  AlertAcknowledged,
  AlertSilenced,
  SilenceEnded,
  AlertCleared,
  RestatementAttached,
] as const;

export type AlertEvent = EventOf<(typeof ALERT_EVENTS)[number]>;

import { z } from 'zod';
import { ALERT_EVENTS, type AlertEvent } from '#libs/alerts';
import { type ClickHouse, defineQuery } from '#libs/clickhouse';
import { deploymentIdOf } from '#libs/deployments';
import { EventCodec, type EventStore } from '#libs/event-store';
import { type Recorded } from '#libs/kernel';
import { type MeasurementEvent, MONITORING_EVENTS, type SubjectMeasurement } from '#libs/monitoring';
import { PREDICTION_EVENTS, type PredictionEvent } from '#libs/predictions';
import { DEPLOYMENT } from './processes-traffic.js';

const deploymentId = deploymentIdOf(DEPLOYMENT);
const codec = new EventCodec([...PREDICTION_EVENTS, ...MONITORING_EVENTS, ...ALERT_EVENTS]);

/** What a label said of each prediction, as the log has it. @throws Error when one stands twice */
export async function labelsInLog(store: EventStore): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for await (const stored of store.readStream(`labels-${deploymentId}`)) {
    const { data } = codec.decode<PredictionEvent>(stored);
    if ('features' in data) throw new Error('a prediction among labels');
    const { id, class: said } = data.columns;
    id.forEach((key, row) => {
      if (found.has(key)) throw new Error(`the label of ${key} stands twice in the log`);
      found.set(key, said?.words[said.codes[row] ?? -1] ?? '');
    });
  }
  return found;
}

const Pairs = defineQuery({
  name: 'LedgerPairs',
  purpose: 'tests: every prediction has its own outputs, and its label',
  sql: `SELECT k.key AS key, k.score AS score, k.class AS class, l.label AS label, l.labels AS labels
FROM driftledger.predictions_keys_v1 AS k
LEFT JOIN (
  SELECT key, argMax(label_class, label_position) AS label, uniqExact(label_position) AS labels
  FROM driftledger.predictions_labelled_v1 WHERE deployment_id = {deploymentId:UUID} GROUP BY key
) AS l ON l.key = k.key
WHERE k.deployment_id = {deploymentId:UUID}`,
  params: z.object({ deploymentId: z.uuid() }),
  row: z.object({ key: z.string(), score: z.number(), class: z.string(), label: z.string(), labels: z.coerce.number() }),
});

/** Outputs and label of each prediction, as the read model joins them; an empty label where there is none. */
export async function pairsInTables(clickHouse: ClickHouse): Promise<ReadonlyMap<string, readonly [number, string, string]>> {
  const rows = await clickHouse.query(Pairs, { deploymentId });
  const twice = rows.find(({ labels }) => labels > 1);
  if (twice) throw new Error(`${twice.key} has ${twice.labels} labels`);
  return new Map(rows.map(({ key, score, class: said, label }) => [key, [score, said, label]]));
}

const Trail = defineQuery({
  name: 'LedgerTrail',
  purpose: 'tests: every event of the log is in the audit trail once',
  sql: 'SELECT toString(event_id) AS id FROM driftledger.audit_entries_v2 ORDER BY position',
  params: z.object({}),
  row: z.object({ id: z.string() }),
});

/** Ids of the audit trail, in the order of the log. */
export async function trailInTables(clickHouse: ClickHouse): Promise<readonly string[]> {
  return (await clickHouse.query(Trail, {})).map(({ id }) => id);
}

/** A measurement without what differs between two installations that measured the same: places in the log, times of record, the engine. */
export type Measured = {
  readonly kind: string;
  readonly window: { readonly from: number; readonly until: number };
  readonly revision: number;
  readonly subjects: readonly SubjectMeasurement[];
};

const comparable = ({ type, data }: Recorded<MeasurementEvent>): readonly Measured[] => {
  if (type !== 'MeasurementRecorded') return [];
  const { asOf: _asOf, engine: _engine, evidence, reference, ...said } = data;
  // What is folded for performance are pairs with their places in the log, and the digests say so.
  const digestOf = (digest: string): string => (data.kind === 'performance' ? '' : digest);
  return [
    {
      ...said,
      subjects: data.subjects.map((subject) => ({ ...subject, sha256: digestOf(subject.sha256) })),
      ...{ mode: evidence.mode, sha256: digestOf(evidence.sha256) },
      ...(reference && { reference: { ...reference, digest: digestOf(reference.digest) } }),
    },
  ];
};

/** Everything a monitor has measured, by kind and window. */
export async function measurementsInLog(store: EventStore, monitorId: string): Promise<readonly Measured[]> {
  const found: Measured[] = [];
  for await (const stored of store.readStream(`measurements-${monitorId}`))
    found.push(...comparable(codec.decode<MeasurementEvent>(stored)));
  return found.sort((a, b) => a.kind.localeCompare(b.kind) || a.window.from - b.window.from || a.revision - b.revision);
}

/** What an alert did, and by which window: `raised feature:amount 1 at 2026-01-05T06:00:00.000Z`. */
const inWords = ({ type, data }: Recorded<AlertEvent>): readonly string[] => {
  if (type !== 'AlertRaised' && type !== 'AlertCleared') return [];
  const at = data.judgement ? new Date(data.judgement.window.from).toISOString() : 'no window';
  return [`${type === 'AlertRaised' ? 'raised' : 'cleared'} ${data.subject} ${data.episode} at ${at}`];
};

/** Every raising and clearing of an alert, in words, sorted. */
export async function alertsInLog(store: EventStore): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const stored of store.readAll())
    if (stored.stream.startsWith('alert-')) found.push(...inWords(codec.decode<AlertEvent>(stored)));
  return found.sort();
}

/** What alerts should have done, in the same words: with k = n = m = 1 a subject's alert is raised by a breach and cleared by a calm window. */
export const alertsFollowing = (measured: readonly Measured[]): readonly string[] => {
  const found: string[] = [];
  const episodes = new Map<string, { episode: number; raised: boolean }>();
  for (const { window, subjects } of measured) {
    for (const { subject, judgement } of subjects) {
      const known = episodes.get(subject) ?? { episode: 0, raised: false };
      if (!judgement || judgement.breach === known.raised) continue;
      const next = { episode: known.episode + (judgement.breach ? 1 : 0), raised: judgement.breach };
      episodes.set(subject, next);
      found.push(`${next.raised ? 'raised' : 'cleared'} ${subject} ${next.episode} at ${new Date(window.from).toISOString()}`);
    }
  }
  return found.sort();
};

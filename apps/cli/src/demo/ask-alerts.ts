import { z } from 'zod';
import { type Client } from '../client.js';
import { type Alert, type Breach } from './answers.js';
import { dayOf } from './batches.js';

const Window = z.object({ from: z.string(), until: z.string() });
const Moved = z.object({ bin: z.string(), referenceShare: z.number(), currentShare: z.number() });
const Gate = z.object({ gate: z.string(), value: z.number(), limit: z.number(), applied: z.boolean() });
const Judgement = z.object({
  window: Window,
  verdict: z.enum(['BREACH', 'CALM', 'NO_DATA']),
  evidence: z
    .object({
      measurementEventId: z.string(),
      score: z.number(),
      rows: z.int(),
      gates: z.array(Gate),
      moved: z.array(Moved),
    })
    .nullable(),
});
const Entry = z.object({ kind: z.string(), judgement: Judgement.nullable() });
type Entry = z.infer<typeof Entry>;
const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
const AnAlert = z.object({ id: z.string(), subject: z.string(), decisive: z.object({ window: Window }) });
type AnAlert = z.infer<typeof AnAlert>;
const AlertsPage = z.object({ alerts: z.object({ nodes: z.array(AnAlert), pageInfo: PageInfo }) });
type AlertsPage = z.infer<typeof AlertsPage>;
const HistoryPage = z.object({ node: z.object({ history: z.object({ nodes: z.array(Entry), pageInfo: PageInfo }) }) });
type HistoryPage = z.infer<typeof HistoryPage>;

const ALERTS = `query DemoAlerts($monitor: String!, $after: String) {
  alerts(filter: {monitor: $monitor}, first: 200, after: $after) {
    nodes { id subject decisive { window { from until } } }
    pageInfo { hasNextPage endCursor }
  }
}`;
const HISTORY = `query DemoHistory($alert: ID!, $after: String) {
  node(id: $alert) {
    ... on Alert {
      history(first: 50, after: $after) {
        nodes {
          kind
          judgement {
            window { from until }
            verdict
            evidence {
              measurementEventId score rows
              gates { gate value limit applied }
              moved { bin referenceShare currentShare }
            }
          }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;

/** Every alert that a monitor raised, oldest first, with all its windows in breach. @throws ServerError */
export const askAlerts = async (client: Client, monitor: string): Promise<readonly Alert[]> => {
  const found: Alert[] = [];
  for (let after: string | null = null; ;) {
    const { alerts }: AlertsPage = await client.graphql(ALERTS, AlertsPage, { monitor, after });
    for (const one of alerts.nodes) found.push(alertOf(one, await historyOf(client, one.id)));
    after = alerts.pageInfo.endCursor;
    if (!alerts.pageInfo.hasNextPage) break;
  }
  return found.sort((a, b) => a.raisedOn.localeCompare(b.raisedOn) || a.subject.localeCompare(b.subject));
};

/** What happened to an alert, newest first. */
const historyOf = async (client: Client, alert: string): Promise<readonly Entry[]> => {
  const entries: Entry[] = [];
  for (let after: string | null = null; ;) {
    const { node }: HistoryPage = await client.graphql(HISTORY, HistoryPage, { alert, after });
    entries.push(...node.history.nodes);
    after = node.history.pageInfo.endCursor;
    if (!node.history.pageInfo.hasNextPage) return entries;
  }
};

const dayOfWindow = ({ from }: z.infer<typeof Window>): string => dayOf(Date.parse(from));

/** Restatements are for the record: they are no breach of their own. */
const alertOf = ({ subject, decisive }: AnAlert, history: readonly Entry[]): Alert => {
  const oldestFirst = [...history].reverse().filter(({ kind }) => kind !== 'RESTATED');
  const cleared = oldestFirst.find(({ kind }) => kind === 'CLEARED');
  return {
    subject,
    raisedOn: dayOfWindow(decisive.window),
    clearedOn: cleared?.judgement ? dayOfWindow(cleared.judgement.window) : null,
    breaches: oldestFirst.flatMap(breachOf),
  };
};

const breachOf = ({ judgement }: Entry): Breach[] => {
  if (judgement?.verdict !== 'BREACH' || judgement.evidence === null) return [];
  const { window, evidence } = judgement;
  return [
    {
      measurement: evidence.measurementEventId,
      day: dayOfWindow(window),
      window,
      score: evidence.score,
      gates: evidence.gates,
      rows: evidence.rows,
      moved: evidence.moved.map(({ bin, referenceShare, currentShare }) => ({
        name: bin,
        reference: referenceShare,
        current: currentShare,
      })),
    },
  ];
};

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
const AnAlert = z.object({
  subject: z.string(),
  decisive: z.object({ window: Window }),
  history: z.object({ nodes: z.array(Entry), pageInfo: z.object({ hasNextPage: z.boolean() }) }),
});
const Page = z.object({
  alerts: z.object({
    nodes: z.array(AnAlert),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  }),
});
type Page = z.infer<typeof Page>;

/** Few alerts at a time: each comes with its history and evidence. */
const PER_PAGE = 20;

const ALERTS = `query DemoAlerts($monitor: String!, $first: Int!, $after: String) {
  alerts(filter: {monitor: $monitor}, first: $first, after: $after) {
    nodes {
      subject
      decisive { window { from until } }
      history(first: 200) {
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
        pageInfo { hasNextPage }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** Every alert that a monitor raised, oldest first, with all its windows in breach. @throws ServerError */
export const askAlerts = async (client: Client, monitor: string): Promise<readonly Alert[]> => {
  const found: Alert[] = [];
  for (let after: string | null = null; ;) {
    const { alerts }: Page = await client.graphql(ALERTS, Page, { monitor, first: PER_PAGE, after });
    found.push(...alerts.nodes.map(alertOf));
    after = alerts.pageInfo.endCursor;
    if (!alerts.pageInfo.hasNextPage) break;
  }
  return found.sort((a, b) => a.raisedOn.localeCompare(b.raisedOn) || a.subject.localeCompare(b.subject));
};

const dayOfWindow = ({ from }: z.infer<typeof Window>): string => dayOf(Date.parse(from));

/** A history holds what happened newest first. Restatements are for the record: they are no breach of their own. */
const alertOf = ({ subject, decisive, history }: z.infer<typeof AnAlert>): Alert => {
  if (history.pageInfo.hasNextPage) throw new Error(`the alert on ${subject} has a longer history than the demo reads`);
  const oldestFirst = [...history.nodes].reverse().filter(({ kind }) => kind !== 'RESTATED');
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

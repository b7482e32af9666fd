import { z } from 'zod';
import { type Client } from '../client.js';
import { type Measured } from './answers.js';
import { dayOf } from './batches.js';
import { without } from './canonical-digest.js';

const Gate = z.object({
  gate: z.string(),
  value: z.number(),
  limit: z.number(),
  passed: z.boolean(),
  applied: z.boolean(),
  parameters: z.unknown(),
});
const Score = z.object({
  method: z.string(),
  version: z.int(),
  score: z.number(),
  pValue: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  parameters: z.record(z.string(), z.unknown()),
});
const Node = z.object({
  id: z.string(),
  kind: z.enum(['DRIFT', 'PERFORMANCE']),
  subject: z.string(),
  window: z.object({ from: z.string(), until: z.string() }),
  skipped: z.string().nullable(),
  rows: z.int(),
  labelled: z.int().nullable(),
  scores: z.array(Score),
  judgement: z.object({ method: z.string(), score: z.number(), breach: z.boolean(), gates: z.array(Gate) }).nullable(),
  direction: z.string().nullable(),
  distribution: z.array(z.object({ label: z.string(), reference: z.number(), current: z.number(), contribution: z.number() })),
  quality: z.unknown(),
});
type Node = z.infer<typeof Node>;
const Page = z.object({
  measurements: z.object({
    nodes: z.array(Node),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  }),
});
type Page = z.infer<typeof Page>;
const Subjects = z.object({ node: z.object({ subjects: z.array(z.string()) }) });
const Newest = z.object({ measurements: z.object({ nodes: z.array(z.object({ window: z.object({ from: z.string() }) })) }) });

/** As many as the server answers at once with all that is asked about each. */
const SERIES = `query DemoSeries($monitor: ID!, $subject: String!, $after: String) {
  measurements(monitor: $monitor, subject: $subject, first: 50, after: $after) {
    nodes {
      id kind subject skipped rows labelled direction quality
      window { from until }
      scores { method version score pValue low high parameters }
      judgement { method score breach gates { gate value limit passed applied parameters } }
      distribution { label reference current contribution }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;
const SUBJECTS = 'query DemoSubjects($monitor: ID!) { node(id: $monitor) { ... on Monitor { subjects } } }';
const NEWEST = `query DemoNewest($monitor: ID!, $subject: String!) {
  measurements(monitor: $monitor, subject: $subject, first: 1) { nodes { window { from } } }
}`;

/** A window that could not be measured has no subject. */
const SKIPPED = '';
/** Traffic is measured in every window that has a measurement at all. */
const VOLUME = 'volume';

/** Everything a monitor has measured, in its last revision. */
export type Measurements = {
  readonly subjects: readonly Measured[];
  /** Windows measured, drift and performance counted apart; skipped windows left out. */
  readonly windows: number;
  /** What is digested: every number, without ids, positions and times of recording. */
  readonly content: readonly unknown[];
};

/** The day of the newest window that was measured or skipped; empty while there is none. @throws ServerError */
export const askNewestDay = async (client: Client, monitor: string): Promise<string> => {
  const asked = [VOLUME, SKIPPED].map(async (subject) => {
    const { measurements } = await client.graphql(NEWEST, Newest, { monitor, subject });
    const [first] = measurements.nodes;
    return first === undefined ? '' : dayOf(Date.parse(first.window.from));
  });
  return (await Promise.all(asked)).sort().at(-1) ?? '';
};

/** Reads every series of a monitor. @throws ServerError */
export const askMeasurements = async (client: Client, monitor: string): Promise<Measurements> => {
  const { node } = await client.graphql(SUBJECTS, Subjects, { monitor });
  const nodes: Node[] = [];
  for (const subject of [...node.subjects, SKIPPED]) nodes.push(...(await seriesOf(client, monitor, subject)));
  const referenceRows = new Map(nodes.flatMap((one) => (one.subject === VOLUME ? [[one.window.from, rowsOfReference(one)]] : [])));
  const measured = nodes.filter(({ skipped }) => skipped === null);
  return {
    subjects: measured.map((one) => measuredOf(one, referenceRows.get(one.window.from) ?? 0)),
    windows: new Set(measured.map(({ kind, window }) => `${kind} ${window.from}`)).size,
    content: nodes.map((one) => without(one, new Set(['id']))),
  };
};

const seriesOf = async (client: Client, monitor: string, subject: string): Promise<readonly Node[]> => {
  const nodes: Node[] = [];
  for (let after: string | null = null; ;) {
    const { measurements }: Page = await client.graphql(SERIES, Page, { monitor, subject, after });
    nodes.push(...measurements.nodes);
    after = measurements.pageInfo.endCursor;
    if (!measurements.pageInfo.hasNextPage) return nodes;
  }
};

/** The volume of a window says how many rows each window of the reference had. */
const rowsOfReference = ({ scores }: Node): number => {
  const windows = scores[0]?.parameters['windows'];
  return Array.isArray(windows) ? windows.reduce((sum: number, rows: unknown) => sum + (typeof rows === 'number' ? rows : 0), 0) : 0;
};

const measuredOf = (one: Node, referenceRows: number): Measured => ({
  measurement: one.id,
  kind: one.kind === 'DRIFT' ? 'drift' : 'performance',
  subject: one.subject,
  day: dayOf(Date.parse(one.window.from)),
  window: one.window,
  rows: { reference: referenceRows, current: one.rows },
  labelled: one.labelled,
  scores: one.scores.map(({ method, score }) => ({ method, score })),
  judgement: one.judgement,
  bins: one.distribution
    .map(({ label, reference, current, contribution }) => ({ name: label, reference, current, contribution }))
    .sort((a, b) => b.contribution - a.contribution),
});

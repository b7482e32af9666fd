import { readFileSync } from 'node:fs';

type Profile = {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string; readonly url: string } }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
};

/** Where time on the JavaScript thread goes, by the file it is spent in; the first match counts. */
const STEPS: readonly (readonly [string, RegExp])[] = [
  ['parsing', /predictions\/src\/(body|split-array)\.js/],
  ['validation', /predictions\/src\/(record|flatten|fields|kept|outputs|unread|strict|plan|piece)\.js/],
  ['duplicates', /predictions\/src\/(content|known-ids|names|lane-memory)\.js/],
  ['columns', /predictions\/src\/(assemble|feature-columns|column-builders|prediction-kind)\.js|libs\/deployments\//],
  ['encoding and hashing', /event-store\/src\/(codec|json-tree|define-event)\.js/],
  ['append and reading the log', /event-store\/|libsql/],
  ['bucketing', /predictions\/src\/counts\.js|statistics\//],
  ['rows', /predictions\/src\/(projection|raw-rows)\.js/],
  ['insert', /clickhouse|chdb/],
  ['http', /identity\/|fastify|find-my-way|nestjs|node:(_http|internal\/(streams|http|net|stream_base))|node:(net|http|stream)/],
];

/** Shares of the busy time in the last seconds of a CPU profile, in percent, largest first. */
export function cpuShares(file: string, seconds: number): Readonly<Record<string, number>> {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  const stepOf = new Map(nodes.map(({ id, callFrame }) => [id, stepOfFrame(callFrame)]));
  const spent = new Map<string, number>();
  let busy = 0;
  let left = timeDeltas.reduce((sum, micros) => sum + micros, 0);
  for (const [at, node] of samples.entries()) {
    const step = stepOf.get(node) ?? 'other';
    const micros = timeDeltas[at] ?? 0;
    left -= micros;
    if (step === 'idle' || left > seconds * 1e6) continue;
    busy += micros;
    spent.set(step, (spent.get(step) ?? 0) + micros);
  }
  const sorted = [...spent].sort(([, a], [, b]) => b - a);
  return Object.fromEntries(sorted.map(([step, micros]) => [step, Math.round((1_000 * micros) / busy) / 10]));
}

function stepOfFrame({ functionName, url }: Profile['nodes'][number]['callFrame']): string {
  if (functionName === '(idle)') return 'idle';
  if (functionName === '(garbage collector)') return 'garbage collection';
  return STEPS.find(([, pattern]) => pattern.test(url))?.[0] ?? 'other';
}

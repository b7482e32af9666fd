import { parse } from 'yaml';
import { z } from 'zod';
import { ALL_PROJECTIONS } from '#libs/catalogue';
import { projectionId } from '#libs/clickhouse';
import { Metrics } from '#libs/observability';
import { textOf } from './source-files.js';

const Dashboard = z.object({
  panels: z.array(z.object({ id: z.number(), title: z.string(), targets: z.array(z.object({ expr: z.string() })).min(1) })),
});
const Alert = z.strictObject({
  alert: z.string().regex(/^[A-Z][A-Za-z]+$/),
  expr: z.string(),
  for: z
    .string()
    .regex(/^\d+[smh]$/)
    .optional(),
  labels: z.strictObject({ severity: z.enum(['warning', 'critical']) }),
  annotations: z.strictObject({ summary: z.string().min(10) }),
});
const Rules = z.strictObject({ groups: z.array(z.strictObject({ name: z.string(), rules: z.array(Alert).min(1) })) });

/** Metrics of the servers that are asked for here, with their labels; the others are ours. */
const OF_SERVERS: Readonly<Record<string, readonly string[]>> = {
  up: [],
  kurrentdb_sys_disk_bytes: ['disk', 'kind'],
  ClickHouseAsyncMetrics_DiskAvailable_default: [],
  ClickHouseAsyncMetrics_DiskTotal_default: [],
};
/** Labels that Prometheus adds to everything it asks for. */
const ADDED = ['job', 'instance', 'program'];
const WORDS = /^(sum|min|max|rate|increase|by|ignoring|time|absent|or|histogram_quantile)$/;

const { panels } = Dashboard.parse(JSON.parse(textOf('dashboards/grafana/dashboards/driftledger.json')));
const rules = Rules.parse(parse(textOf('dashboards/prometheus/alerts.yml'))).groups.flatMap((group) => group.rules);
const expressions = [...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)), ...rules.map(({ expr }) => expr)];
const document = textOf('docs/operations.md');

/** What a process answers when it is asked for its metrics, by name, with labels. */
const exposed = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
  const metrics = new Metrics();
  metrics.collectProcess();
  const labels = new Map(Object.entries(OF_SERVERS));
  for (const [, name = '', type] of (await metrics.text()).matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    const metric = metrics.registry.getSingleMetric(name);
    const own = metric && 'labelNames' in metric ? z.array(z.string()).parse(metric.labelNames) : [];
    labels.set(name, own);
    if (type === 'histogram') {
      for (const part of ['sum', 'count']) labels.set(`${name}_${part}`, own);
      labels.set(`${name}_bucket`, [...own, 'le']);
    }
  }
  return labels;
};

describe('dashboards and alerts', () => {
  it('ask for metrics and labels that exist', async () => {
    const known = await exposed();
    for (const expression of expressions) {
      const bare = expression.replace(/"[^"]*"/g, '""').replace(/\[\d+[smh]\]/g, '');
      const asked = [...bare.matchAll(/[A-Za-z_]\w*/g)].map(([word]) => word).filter((word) => known.has(word));
      expect({ expression, asks: asked.length > 0 }).toEqual({ expression, asks: true });
      const allowed = new Set([...known.keys(), ...ADDED, ...asked.flatMap((name) => known.get(name) ?? [])]);
      const words = [...bare.matchAll(/[A-Za-z_]\w*/g)].map(([word]) => word).filter((word) => !WORDS.test(word) && !allowed.has(word));
      expect({ expression, unknown: words }).toEqual({ expression, unknown: [] });
    }
  });

  it('close every bracket they open', () => {
    const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
    for (const expression of expressions) {
      const open: string[] = [];
      for (const sign of expression.replace(/"[^"]*"/g, '')) {
        if ('([{'.includes(sign)) open.push(sign);
        else if (pairs[sign] !== undefined) expect({ expression, sign: open.pop() }).toEqual({ expression, sign: pairs[sign] });
      }
      expect({ expression, open }).toEqual({ expression, open: [] });
    }
  });

  it('have one id per panel and one name per alert, each told in the documents', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    expect(rules.map(({ alert }) => alert).filter((alert) => !document.includes(`| \`${alert}\``))).toEqual([]);
  });
});

describe('the alert for what nobody runs', () => {
  it('asks for every subscription that has one runner in an installation', () => {
    const missing = rules.find(({ alert }) => alert === 'SubscriptionMissing')?.expr ?? '';
    const asked = [...missing.matchAll(/absent\(\w+\{subscription="([^"]+)"\}\)/g)].map(([, name]) => name);
    const projections = ALL_PROJECTIONS.map(({ projection }) => projectionId(projection));
    const reactors = ['alerts', 'alerts-publisher', 'measurements-publisher', 'events-publisher'];
    expect(asked.toSorted()).toEqual([...projections, ...reactors].toSorted());
  });
});

describe('the documented metrics', () => {
  it('are those of a process', async () => {
    const own = [...new Metrics().registry.getMetricsAsArray()].map(({ name }) => name);
    const told = [...document.matchAll(/^\| `(driftledger_\w+)`/gm)].map(([, name]) => name);
    expect(told.toSorted()).toEqual(own.toSorted());
  });
});

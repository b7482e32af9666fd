import { OtlpReceiver } from '../../../test/support/otlp-receiver.js';
import { Metrics } from './metrics.js';
import { openTracing } from './open-tracing.js';
import { type SpanAbout, type Tracing } from './tracing.js';

const CALLER = '00-11111111111111111111111111111111-2222222222222222-01';
const OTHER = '00-33333333333333333333333333333333-4444444444444444-01';
const NOT_KEPT = '00-55555555555555555555555555555555-6666666666666666-00';

const about = (causes: SpanAbout['causes'], kind: SpanAbout['kind'] = 'internal'): SpanAbout => ({ kind, values: {}, causes });
const idOf = (traceparent: string): string => traceparent.split('-')[2] ?? '';

describe('spans over OTLP', () => {
  let receiver: OtlpReceiver;
  let tracing: Tracing;
  let metrics: Metrics;
  beforeEach(async () => {
    receiver = await OtlpReceiver.start();
    metrics = new Metrics();
    tracing = await openTracing({ endpoint: receiver.url, share: 1, service: 'spec', version: '1.2.3' }, metrics);
  });
  afterEach(async () => {
    await tracing.close();
    await receiver.stop();
  });
  const outcomes = async (): Promise<ReadonlyMap<unknown, number>> =>
    new Map((await metrics.spans.get()).values.map(({ labels, value }) => [labels.outcome, value]));

  it('reach a collector with name, kind, values and service, and are counted', async () => {
    const span = tracing.begin('GET /x', { kind: 'server', values: { 'http.request.method': 'GET' }, causes: [] });
    span.end({ 'http.response.status_code': 200 });
    await tracing.close();
    expect(receiver.spans).toEqual([
      expect.objectContaining({
        ...{ name: 'GET /x', kind: 2, service: 'spec', parentSpanId: '', spanId: idOf(span.traceparent) },
        attributes: { 'http.request.method': 'GET', 'http.response.status_code': 200 },
      }),
    ]);
    expect([...(await outcomes())]).toEqual([['sent', 1]]);
  });

  it('continue the trace of their cause; further causes are links', async () => {
    tracing.begin('one', about([undefined, 'nonsense', CALLER])).end();
    await tracing.during('batch', about([CALLER, OTHER, CALLER, NOT_KEPT, OTHER]), async () => undefined);
    await tracing.close();
    expect(receiver.spans.map(({ name, traceId, parentSpanId }) => [name, traceId, parentSpanId])).toEqual([
      ['one', CALLER.slice(3, 35), idOf(CALLER)],
      ['batch', CALLER.slice(3, 35), idOf(CALLER)],
    ]);
    expect(receiver.spans[1]?.links.map(({ spanId }) => spanId)).toEqual([idOf(OTHER)]);
  });

  it('are within each other as the work is, whatever runs beside', async () => {
    const seen: (string | undefined)[] = [];
    await Promise.all(
      [CALLER, OTHER].map((caller) =>
        tracing.during('outer', about([caller]), async (outer) => {
          seen.push(outer);
          await new Promise((resolve) => setTimeout(resolve, 5));
          await tracing.during('inner', about([]), async () => undefined);
        }),
      ),
    );
    await tracing.close();
    const inner = receiver.spans.filter(({ name }) => name === 'inner').map(({ traceId, parentSpanId }) => [traceId, parentSpanId]);
    expect(inner.sort()).toEqual(seen.map((outer = '') => [outer.slice(3, 35), idOf(outer)]).sort());
  });

  it('are not made for what belongs to no trace, or to one that nobody keeps', async () => {
    const given: (string | undefined)[] = [];
    for (const causes of [[], [undefined], [NOT_KEPT]])
      await tracing.during('work', about(causes), async (traceparent) => void given.push(traceparent));
    // A request has one all the same, which says to those behind it that nobody keeps it.
    const request = tracing.begin('GET /x', about([NOT_KEPT], 'server'));
    request.end();
    await tracing.close();
    expect([given, request.traceparent.endsWith('-00'), receiver.spans]).toEqual([[undefined, undefined, undefined], true, []]);
  });

  it('tell an error by its class, never by its words', async () => {
    const failing = tracing.during('work', about([CALLER]), () => Promise.reject(new TypeError('order of ada@example.com')));
    await expect(failing).rejects.toThrow('ada@example.com');
    await tracing.close();
    expect(receiver.spans).toEqual([expect.objectContaining({ attributes: { 'error.type': 'TypeError' }, status: { code: 2 } })]);
    expect(JSON.stringify(receiver.spans.map(({ attributes, status }) => [attributes, status]))).not.toContain('ada');
  });

  it('keep no more than a share of the traces that begin here', async () => {
    const none = await openTracing({ endpoint: receiver.url, share: 0, service: 'spec', version: '1' }, metrics);
    none.begin('GET /x', about([], 'server')).end();
    none.begin('GET /y', about([CALLER], 'server')).end();
    await none.close();
    expect(receiver.spans.map(({ name }) => name)).toEqual(['GET /y']);
  });

  it('hold up nobody when the collector is away: work goes on, spans are counted as lost, the end is near', async () => {
    const away = await OtlpReceiver.start();
    await away.stop();
    const lonely = await openTracing({ endpoint: away.url, share: 1, service: 'spec', version: '1' }, metrics);
    const begun = performance.now();
    for (let count = 0; count < 20_000; count += 1) lonely.begin('GET /x', about([], 'server')).end();
    expect(await lonely.during('work', about([CALLER]), async () => 7)).toBe(7);
    await lonely.close();
    expect(performance.now() - begun).toBeLessThan(15_000);
    const counted = await outcomes();
    expect([...counted.keys()]).toEqual(['lost']);
    // The others were dropped before: no more wait than fit.
    expect(counted.get('lost')).toBeLessThan(20_000);
  });

  it('hold up nobody when the collector takes them and never answers', async () => {
    receiver.silent = true;
    for (let count = 0; count < 2_000; count += 1) tracing.begin('GET /x', about([], 'server')).end();
    const begun = performance.now();
    await tracing.close();
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(receiver.requests).toBeLessThanOrEqual(8);
  });
});

describe('without a collector', () => {
  it('work is done as if nobody had asked', async () => {
    const tracing = await openTracing(undefined, new Metrics());
    expect(tracing.isOn).toBe(false);
    expect(await tracing.during('work', about([CALLER]), async (traceparent) => [7, traceparent])).toEqual([7, undefined]);
    await tracing.close();
  });
});

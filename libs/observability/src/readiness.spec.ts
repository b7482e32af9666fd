import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';

describe('Readiness', () => {
  it('is ready without checks and when all of them work', async () => {
    const readiness = new Readiness();
    expect(await readiness.report()).toEqual({ ready: true, checks: {} });
    readiness.add('log', () => undefined);
    expect(await readiness.report()).toEqual({ ready: true, checks: { log: 'ok' } });
  });

  it('names what fails and what does not answer in time, without details', async () => {
    const readiness = new Readiness(10);
    readiness.add('log', () => Promise.reject(new Error('password wrong')));
    readiness.add('engine', () => new Promise<void>(() => undefined));
    readiness.add('bus', () => undefined);
    expect(await readiness.report()).toEqual({ ready: false, checks: { log: 'failing', engine: 'failing', bus: 'ok' } });
  });

  it('refuses two checks of one name', () => {
    const readiness = new Readiness();
    readiness.add('log', () => undefined);
    expect(() => readiness.add('log', () => undefined)).toThrow(TypeError);
  });
});

describe('Metrics', () => {
  it('say nothing of what this process does not measure', async () => {
    expect(await new Metrics().text()).not.toMatch(/^driftledger_(disk|evaluator|window_delay|intake_waiting)/m);
  });

  it('are answered whole when one of them cannot be read', async () => {
    const metrics = new Metrics();
    metrics.onRead(() => Promise.reject(new Error('away')));
    metrics.onRead(() => metrics.waitingRequests.set(3));
    const text = await metrics.text();
    expect(text).toContain('driftledger_reading_failures_total 1');
    expect(text).toContain('driftledger_intake_waiting_requests 3');
  });

  it('keeps the metrics of two applications in one process apart', async () => {
    const [one, other] = [new Metrics(), new Metrics()];
    one.collectProcess();
    one.collectProcess();
    expect(await one.text()).toContain('driftledger_process_resident_memory_bytes');
    expect(await other.text()).not.toContain('driftledger_process');
  });
});

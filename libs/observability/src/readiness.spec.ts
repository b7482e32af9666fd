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
  it('keeps the metrics of two applications in one process apart', async () => {
    const [one, other] = [new Metrics(), new Metrics()];
    one.collectProcess();
    one.collectProcess();
    expect(await one.text()).toContain('driftledger_process_resident_memory_bytes');
    expect(await other.text()).not.toContain('driftledger_');
  });
});

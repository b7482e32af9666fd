import { setTimeout as delay } from 'node:timers/promises';
import { describeWithNats } from '../support/nats-server.js';
import { ServerInstallation } from '../support/server-installation.js';
import { type ServerProgram } from '../support/server-program.js';

describeWithNats('what the programs on servers say of themselves', () => {
  let installation: ServerInstallation;
  let projector: ServerProgram;
  let ingest: ServerProgram;

  beforeAll(async () => {
    installation = await ServerInstallation.start();
    projector = await installation.program('projector');
    await installation.program('api');
    ingest = await installation.program('ingest');
  });
  afterAll(() => installation.stop());

  const asked = async (program: ServerProgram, path: string): Promise<string> => {
    const response = await fetch(`${program.url}${path}`, { headers: { authorization: installation.authorization } });
    return response.text();
  };
  /** A sample of the metrics, such as `refusals_total{of="request",code="BODY_INVALID"}`; NaN where there is none. */
  const sample = async (program: ServerProgram, name: string): Promise<number> => {
    const line = (await asked(program, '/metrics')).split('\n').find((one) => one.startsWith(`driftledger_${name} `));
    return Number(line?.split(' ').at(-1) ?? Number.NaN);
  };
  const until = async (program: ServerProgram, name: string, fits: (value: number) => boolean): Promise<void> => {
    while (!fits(await sample(program, name))) await delay(50);
  };
  const predict = (body: string): Promise<Response> =>
    fetch(`${ingest.url}/v1/deployments/told/predictions`, {
      method: 'POST',
      headers: { authorization: installation.authorization, 'content-type': 'application/json' },
      body,
    });

  it('the intake: how long requests took until they were in the log, what became of records, why any was refused', async () => {
    expect((await predict('[{"id":"a","score":1},{"id":"b","score":1},{"id":"a","score":1}]')).status).toBe(200);
    expect(await sample(ingest, 'intake_records_total{kind="predictions",outcome="accepted"}')).toBe(2);
    expect(await sample(ingest, 'intake_records_total{kind="predictions",outcome="duplicate"}')).toBe(1);
    expect(await sample(ingest, 'intake_accept_seconds_count{kind="predictions"}')).toBe(1);
    expect(await sample(ingest, 'intake_waiting_requests')).toBe(0);

    const refused = await predict('{');
    const { code } = (await refused.json()) as { code: string };
    expect(refused.status).toBe(400);
    expect(await sample(ingest, `refusals_total{of="request",code="${code}"}`)).toBe(1);

    const before = await sample(ingest, 'intake_accept_seconds_sum{kind="predictions"}');
    await installation.facade.control.inject({ kind: 'slow-append', delayMs: 1_500, times: Infinity });
    const slow = predict('{"id":"c","score":1}');
    await delay(500);
    await installation.facade.control.heal();
    expect((await slow).status).toBe(200);
    expect((await sample(ingest, 'intake_accept_seconds_sum{kind="predictions"}')) - before).toBeGreaterThan(1.4);
  });

  it('the projector: how far each projection is behind, in events and in seconds, while the read model does not answer', async () => {
    const [events, seconds] = ['events', 'seconds'].map((unit) => `subscription_lag_${unit}{subscription="predictions.v1"}`);
    await until(projector, events ?? '', (lag) => lag === 0);
    expect(await sample(projector, seconds ?? '')).toBe(0);
    installation.front.freeze();
    for (const id of ['d', 'e', 'f']) expect((await predict(`{"id":"${id}","score":1}`)).status).toBe(200);
    await until(projector, events ?? '', (lag) => lag >= 3);
    await until(projector, seconds ?? '', (age) => age > 1);
    expect(await sample(projector, 'subscription_stopped{subscription="predictions.v1"}')).toBe(0);
    installation.front.thaw();
    await until(projector, events ?? '', (lag) => lag === 0);
    expect(await sample(projector, seconds ?? '')).toBe(0);
  });
});

import { setTimeout as delay } from 'node:timers/promises';
import { describeWithNats } from '../support/nats-server.js';
import { ServerInstallation } from '../support/server-installation.js';
import { type ServerProgram } from '../support/server-program.js';

type Ready = { readonly status: number; readonly checks: Readonly<Record<string, string>> };

describeWithNats('programs whose servers are away', () => {
  let installation: ServerInstallation;
  beforeAll(async () => {
    installation = await ServerInstallation.start();
    const { facade, front, nats } = installation;
    await Promise.all([facade.kill(), front.kill(), nats.kill()]);
  });
  afterAll(() => installation.stop());

  const readinessOf = async ({ url }: ServerProgram): Promise<Ready> => {
    const answer = await fetch(`${url}/ready`);
    const { checks } = (await answer.json()) as { checks: Ready['checks'] };
    return { status: answer.status, checks };
  };
  const untilReady = async (program: ServerProgram): Promise<void> => {
    let last: Ready | undefined;
    for (const until = Date.now() + 60_000; last?.status !== 200; last = await readinessOf(program)) {
      if (Date.now() > until) throw new Error(`${program.name}: ${JSON.stringify(last)}\n${program.output.join('')}`);
      await delay(200);
    }
  };

  it('start, say what they wait for, recognise nobody, end in order, and go on by themselves when the servers are there', async () => {
    const names = ['api', 'ingest', 'projector', 'evaluator'] as const;
    const programs = await Promise.all(names.map((name) => installation.program(name)));
    for (const program of programs) {
      expect((await fetch(`${program.url}/health`)).status).toBe(200);
      const { status, checks } = await readinessOf(program);
      expect([program.name, status, checks['eventLog'], checks['readModel'], checks['leases'], checks['access']]).toEqual([
        ...[program.name, 503, 'failing', 'failing', 'failing', 'failing'],
      ]);
    }
    const [api, ingest, projector, evaluator] = programs as [ServerProgram, ServerProgram, ServerProgram, ServerProgram];
    expect((await readinessOf(projector)).checks['migrations']).toBe('failing');
    const path = '/v1/deployments/late/predictions';
    const post = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${ingest.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{"id":"one"}' });
    expect((await post({ authorization: `Bearer dl_${'a'.repeat(16)}_${'b'.repeat(43)}` })).status).toBeGreaterThanOrEqual(400);
    expect((await evaluator.end('SIGTERM')).status).toBe(0);
    await evaluator.start();

    const { facade, front, nats } = installation;
    await Promise.all([facade.start(), front.start(), nats.up()]);
    for (const program of [projector, ingest, evaluator, api]) await untilReady(program);
    // The key of the first admin is made as soon as that is possible.
    let stored = 0;
    for (const until = Date.now() + 30_000; stored !== 200 && Date.now() < until; await delay(200)) {
      stored = await post({ authorization: installation.authorization }).then(
        ({ status }) => status,
        () => 0,
      );
    }
    expect(stored).toBe(200);
    expect((await installation.endPrograms()).map(({ status }) => status)).toEqual([0, 0, 0, 0]);
  });
});

import { setTimeout as delay } from 'node:timers/promises';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { type NatsConnection } from '@nats-io/transport-node';
import { deploymentIdOf } from '#libs/deployments';
import { type EventStore } from '#libs/event-store';
import { openEventStoreDb } from '#libs/event-store/eventstoredb';
import { connectToNats } from '#libs/messaging/nats';
import { ledgerOfStore } from '../support/ledger.js';
import { describeWithNats } from '../support/nats-server.js';
import { ServerInstallation } from '../support/server-installation.js';
import { type Ended, type ServerProgram } from '../support/server-program.js';

const DEPLOYMENT = 'drained';
const REQUESTS = 8;
/** Longer than everything that happens before the signal, so that all of it is under way when the signal comes. */
const SLOW_MS = 2_000;
/** Whoever stops a program gives it 30 seconds. */
const GRACE_MS = 30_000;

describeWithNats('a program that is asked to end in the middle of its work', () => {
  let installation: ServerInstallation;
  let store: EventStore;
  let connection: NatsConnection;
  let api: ServerProgram;
  let ingest: ServerProgram;

  beforeAll(async () => {
    installation = await ServerInstallation.start();
    store = openEventStoreDb({ url: installation.facade.url });
    connection = await connectToNats({ servers: [installation.nats.url], name: 'producer' });
    await installation.program('projector');
    api = await installation.program('api');
    ingest = await installation.program('ingest');
  });
  afterAll(async () => {
    await connection.close();
    await store.close();
    await installation.stop();
  });

  const post = (url: string, body: string): Promise<Response> => {
    const headers = { authorization: installation.authorization, 'content-type': 'application/json' };
    return fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(GRACE_MS) });
  };
  const predict = (id: string): Promise<Response> =>
    post(`${ingest.url}/v1/deployments/${DEPLOYMENT}/predictions`, JSON.stringify({ id, features: { n: 1 } }));
  /** Asked to end; what was begun before stays slow. */
  const end = async (program: ServerProgram): Promise<Ended> => {
    const ending = program.end('SIGTERM');
    await installation.facade.control.heal();
    return ending;
  };
  const written = async (stream: string): Promise<number> =>
    (await installation.facade.control.entries()).filter((entry) => entry.stream === stream).length;

  it('answers the predictions it has taken, leaves messages in the queue or in the log, and ends with 0', async () => {
    expect((await predict('before')).status).toBe(200);
    const stream = `predictions-${deploymentIdOf(DEPLOYMENT)}`;
    await installation.facade.control.inject({ kind: 'slow-append', delayMs: SLOW_MS, times: Infinity });
    const answers = Array.from({ length: REQUESTS }, (_, index) => predict(`http-${index}`));
    const queue = jetstream(connection);
    for (let index = 0; index < REQUESTS; index += 1)
      await queue.publish(`driftledger.predictions.${DEPLOYMENT}`, `{"id":"nats-${index}","features":{"n":1}}`, { msgID: `nats-${index}` });
    // The first of them is in the log, and nobody was told yet.
    while ((await written(stream)) < 2) await delay(5);
    const { status, tookMs } = await end(ingest);
    expect((await Promise.all(answers)).map((answer) => answer.status)).toEqual(answers.map(() => 200));
    expect(status).toBe(0);
    expect(tookMs).toBeLessThan(GRACE_MS);

    await ingest.start();
    const manager = await jetstreamManager(connection);
    for (const name of ['DRIFTLEDGER_INTAKE', 'DRIFTLEDGER_LATER'])
      while ((await manager.streams.info(name)).state.messages > 0) await delay(50);
    const all = 1 + 2 * REQUESTS;
    expect(await ledgerOfStore(store, DEPLOYMENT)).toEqual({ ids: all, features: { n: { count: all, sum: all } } });
  });

  it('answers the command it has taken, and ends with 0', async () => {
    const stream = `deployment-${deploymentIdOf('late')}`;
    await installation.facade.control.inject({ kind: 'slow-append', delayMs: SLOW_MS, times: Infinity });
    const query = 'mutation { registerDeployment(input: { name: "late" }) { __typename } }';
    const answer = post(`${api.url}/graphql`, JSON.stringify({ query }));
    while ((await written(stream)) === 0) await delay(5);
    const { status, tookMs } = await end(api);
    expect(await (await answer).json()).toEqual({ data: { registerDeployment: { __typename: 'DeploymentPayload' } } });
    expect(status).toBe(0);
    expect(tookMs).toBeLessThan(GRACE_MS);
  });
});

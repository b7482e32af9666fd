import { setTimeout as delay } from 'node:timers/promises';
import { describeWithNats } from '../support/nats-server.js';
import { ServerInstallation } from '../support/server-installation.js';
import { type ServerProgram } from '../support/server-program.js';

const PATH = '/v1/deployments/many/predictions';
const ROWS = 20;
const INSERT = 'INSERT INTO driftledger.predictions_keys_v1';
/** FUNCTION_THROW_IF_VALUE_IS_NON_ZERO: what the fence in an insert ends with. */
const FENCED = 395;
const WAIT_MS_MAX = 60_000;

describeWithNats('a projector that is frozen for longer than its lease', () => {
  let servers: ServerInstallation;
  let projectors: [ServerProgram, ServerProgram];
  let ingest: ServerProgram;
  let sent = 0;

  beforeAll(async () => {
    servers = await ServerInstallation.start();
    await servers.program('api');
    // The first one has every role when the second one comes.
    projectors = [await servers.program('projector'), await servers.program('projector')];
    ingest = await servers.program('ingest');
  });
  afterAll(async () => {
    for (const one of projectors) one.thaw();
    await servers.front.control.release();
    await servers.stop();
  });

  const post = async (from: number, rows: number): Promise<void> => {
    const records = Array.from({ length: rows }, (_, row) => ({ id: `p-${from + row}`, features: { a: from + row }, score: 0.5 }));
    const answer = await fetch(`${ingest.url}${PATH}`, {
      method: 'POST',
      headers: { authorization: servers.authorization, 'content-type': 'application/json', 'idempotency-key': `from-${from}` },
      body: JSON.stringify(records),
    });
    expect(answer.ok).toBe(true);
  };
  const send = async (requests = 1): Promise<void> => {
    for (let request = 0; request < requests; request += 1) {
      await post(sent, ROWS);
      sent += ROWS;
    }
  };
  const asked = async (sql: string): Promise<readonly number[]> => {
    const answer = await fetch(servers.front.url, { method: 'POST', body: `${sql} FORMAT TabSeparated` });
    return answer.ok ? (await answer.text()).trim().split('\t').map(Number) : [];
  };
  const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
    for (const from = Date.now(); !(await holds()); await delay(100))
      if (Date.now() - from > WAIT_MS_MAX)
        throw new Error(`waited in vain: ${what}\n${projectors.map(({ output }) => output.join('')).join('\n---\n')}`);
  };
  const epoch = async (): Promise<number> =>
    (await asked("SELECT max(epoch) FROM driftledger.projections_epochs_v1 WHERE name LIKE 'predictions.%'"))[0] ?? 0;
  const refused = async (): Promise<number> =>
    (await servers.front.control.stats()).failed.filter(({ statement, code }) => statement.startsWith(INSERT) && code === FENCED).length;

  const expectEachOnce = async (): Promise<void> => {
    await until(
      'every prediction is counted',
      async () => ((await asked('SELECT uniqExact(key) FROM driftledger.predictions_keys_v1'))[0] ?? 0) >= sent,
    );
    expect(await asked('SELECT count(), uniqExact(key) FROM driftledger.predictions_keys_v1')).toEqual([sent, sent]);
    expect(await asked('SELECT sum(row_count), sum(length(ids)) FROM driftledger.predictions_batches_v1')).toEqual([sent, sent]);
    const values =
      "SELECT sum(arraySum(x -> ifNull(x, 0), numbers)), sum(length(numbers)) FROM driftledger.predictions_features_v1 WHERE feature = 'feature:a'";
    expect(await asked(values)).toEqual([(sent * (sent - 1)) / 2, sent]);
    await until(
      'every prediction is in the counts',
      async () => ((await asked("SELECT sum(total) FROM driftledger.predictions_counts_5m_v1 WHERE subject = 'volume'"))[0] ?? 0) >= sent,
    );
    for (const table of ['predictions_counts_5m_v1', 'predictions_counts_1d_v1'])
      expect(await asked(`SELECT sum(total) FROM driftledger.${table} WHERE subject = 'volume'`)).toEqual([sent]);
  };

  it.each(['before', 'inside'] as const)(
    'has its insert refused that arrives after another has taken over (held %s it is carried out), and every value is counted once',
    async (when) => {
      await send(3);
      await expectEachOnce();
      const [before, refusedBefore] = [await epoch(), await refused()];
      await servers.front.control.inject({ kind: 'hold', when, matches: INSERT });
      await send();
      await servers.front.control.untilHeld();
      projectors[0].freeze();
      await until('the other one has taken over', async () => (await epoch()) > before);
      await send(3);
      await expectEachOnce();
      // Only now its insert arrives, or what is left of it.
      await servers.front.control.release();
      projectors[0].thaw();
      await send(3);
      await expectEachOnce();
      if (when === 'before') expect(await refused()).toBeGreaterThan(refusedBefore);
      projectors = [projectors[1], projectors[0]];
    },
    150_000,
  );

  it('counts every value once, frozen under load and woken when it has been replaced', async () => {
    const before = await epoch();
    const load = send(30);
    await delay(200);
    projectors[0].freeze();
    await until('the other one has taken over', async () => (await epoch()) > before);
    projectors[0].thaw();
    await load;
    await send(5);
    await expectEachOnce();
    expect((await servers.endPrograms()).map(({ status }) => status)).toEqual([0, 0, 0, 0]);
  }, 150_000);
});

import { exec } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { randomId } from '#libs/kernel';
import { startFacade } from '../../../../test/support/eventstore-facade/start-facade.js';
import { NamespacedEventStore } from '../../../../test/support/namespaced-event-store.js';
import { type Line, differences, transcriptOf } from '../../../../test/eventstore-real/transcript.js';
import { anEvent, eventStoreContract } from '../event-store.contract.js';
import { type AppendMode, connect } from './connection.js';
import { parseConnectionString } from './connection-string.js';
import { openEventStoreDb } from './open-eventstoredb.js';

/**
 * Set by `npm run test:eventstore:real`. Without a server the script of the transcript is compared between two facades, which says
 * that it can be repeated and nothing about a server.
 */
const { EVENTSTORE_URL: serverUrl, EVENTSTORE_RESTART_CMD: restartCommand, EVENTSTORE_FINDINGS: findingsFile } = process.env;

const transcript = async (url: string, mode: AppendMode): Promise<{ lines: readonly Line[]; version: string }> => {
  const connection = connect(parseConnectionString(url), { keepAliveInterval: 10_000, keepAliveTimeout: 5_000 }, mode);
  try {
    return { lines: await transcriptOf(connection, randomId().slice(0, 8)), version: await connection.serverVersion() };
  } finally {
    await connection.shut();
  }
};

describe('the script of operations', () => {
  it.each(['plain', 'batch'] as const)('comes out the same on the protocol facade and on its counterpart (%s appends)', async (mode) => {
    const [facade, counterpart] = await Promise.all([startFacade(), startFacade({ version: '26.0.0' })]);
    const ours = await transcript(facade.url, mode);
    const theirs = await transcript(serverUrl ?? counterpart.url, mode);
    await Promise.all([facade.stop(), counterpart.stop()]);
    const found = differences(ours.lines, theirs.lines);
    if (findingsFile !== undefined) {
      const finding = { mode, version: theirs.version, operations: theirs.lines.length, differences: found };
      writeFileSync(findingsFile, `${JSON.stringify(finding)}\n`, { flag: 'a' });
    }
    expect(ours.lines.length).toBeGreaterThan(60);
    expect(found).toEqual([]);
  });
});

if (serverUrl !== undefined) {
  describe.each(['plain', 'batch'] as const)('with %s appends', (appendMode) => {
    eventStoreContract(
      'the EventStoreDB adapter over the server',
      async () => {
        const store = openEventStoreDb({ url: serverUrl, appendMode });
        return new NamespacedEventStore(store, randomId().slice(0, 8), await store.head());
      },
      { clock: 'server' },
    );
  });
}

if (serverUrl !== undefined && restartCommand !== undefined) {
  it('keeps every acknowledged event once, and its order, while the server is restarted', async () => {
    const store = openEventStoreDb({ url: serverUrl, timings: { appendMs: 120_000 } });
    const run = randomId().slice(0, 8);
    const aborter = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const message of store.subscribeAll({ after: 'end', signal: aborter.signal }))
        if (message.kind === 'event' && message.event.stream.endsWith(run)) seen.push(message.event.id);
    })();
    const acknowledged: string[] = [];
    let restarted = false;
    const restarting = promisify(exec)(restartCommand).finally(() => (restarted = true));
    for (let index = 0; !restarted || index < 100; index += 1) {
      const event = anEvent(`${run} ${index}`);
      await store.append(`restart-${run}`, [event], { expected: index === 0 ? 'no_stream' : BigInt(index - 1) });
      acknowledged.push(event.id);
    }
    await restarting;
    const stored: string[] = [];
    for await (const { id } of store.readStream(`restart-${run}`)) stored.push(id);
    while (seen.length < acknowledged.length) await new Promise((resolve) => setTimeout(resolve, 50));
    aborter.abort();
    await following;
    await store.close();
    expect(stored).toEqual(acknowledged);
    expect(seen).toEqual(acknowledged);
  });
}

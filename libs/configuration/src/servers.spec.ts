import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfiguration } from './configuration.js';
import { ConfigurationError } from './configuration-error.js';
import { readServers } from './servers.js';

const SERVERS = {
  DRIFTLEDGER_EVENTSTORE: 'esdb://localhost:2113?tls=false',
  DRIFTLEDGER_CLICKHOUSE: 'http://localhost:8123',
  DRIFTLEDGER_NATS: 'nats://one:4222,nats://two:4222',
};

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    readServers(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
};

describe('where the servers are', () => {
  const folder = mkdtempSync(join(tmpdir(), 'driftledger-servers-'));
  const file = join(folder, 'secret');
  beforeAll(() => writeFileSync(file, 'esdb://admin:changeit@host:2113\n'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is read from the environment', () => {
    expect(readServers(SERVERS)).toEqual({
      eventStore: 'esdb://localhost:2113?tls=false',
      clickHouse: { url: 'http://localhost:8123', username: 'default', password: '' },
      nats: { servers: ['nats://one:4222', 'nats://two:4222'] },
      evaluatorShards: 8,
    });
  });

  it('takes from 1 to 32 shards of monitors', () => {
    const shards = (text: string) => readServers({ ...SERVERS, DRIFTLEDGER_EVALUATOR_SHARDS: text }).evaluatorShards;
    expect(['1', '9', '10', '32'].map(shards)).toEqual([1, 9, 10, 32]);
    for (const wrong of ['0', '33', '07', '-1', '1.5', 'many'])
      expect(problemsOf({ ...SERVERS, DRIFTLEDGER_EVALUATOR_SHARDS: wrong })).toEqual([
        'DRIFTLEDGER_EVALUATOR_SHARDS: takes a whole number from 1 to 32',
      ]);
  });

  it('takes secrets from files', () => {
    const { DRIFTLEDGER_EVENTSTORE: _, ...rest } = SERVERS;
    const found = readServers({ ...rest, DRIFTLEDGER_EVENTSTORE_FILE: file, DRIFTLEDGER_CLICKHOUSE_PASSWORD_FILE: file });
    expect([found.eventStore, found.clickHouse.password]).toEqual(Array(2).fill('esdb://admin:changeit@host:2113'));
    expect(problemsOf({ ...rest, DRIFTLEDGER_EVENTSTORE_FILE: join(folder, 'none') })).toEqual([
      expect.stringMatching(/^DRIFTLEDGER_EVENTSTORE_FILE: .* cannot be read/),
    ]);
  });

  it('puts user and password into a connection string that has none, whatever characters they are made of', () => {
    writeFileSync(join(folder, 'password'), 'a:b/c@d%\n');
    const apart = { DRIFTLEDGER_EVENTSTORE_USER: 'ad min', DRIFTLEDGER_EVENTSTORE_PASSWORD_FILE: join(folder, 'password') };
    const read = (eventStore: string): string => readServers({ ...SERVERS, ...apart, DRIFTLEDGER_EVENTSTORE: eventStore }).eventStore;
    expect(read('esdb://one:2113,two:2113?tlsCAFile=/a@b.pem')).toBe(
      'esdb://ad%20min:a%3Ab%2Fc%40d%25@one:2113,two:2113?tlsCAFile=/a@b.pem',
    );
    expect(problemsOf({ ...SERVERS, ...apart, DRIFTLEDGER_EVENTSTORE: 'esdb://admin:changeit@host' })).toEqual([
      'DRIFTLEDGER_EVENTSTORE_USER: the connection string names a user already',
    ]);
    const { DRIFTLEDGER_EVENTSTORE_USER: user } = apart;
    expect(problemsOf({ ...SERVERS, DRIFTLEDGER_EVENTSTORE_USER: user })).toEqual([expect.stringMatching(/belong together$/)]);
  });

  it('names everything that is missing, and where none is needed', () => {
    expect(problemsOf({})).toEqual([
      expect.stringMatching(/^DRIFTLEDGER_EVENTSTORE or DRIFTLEDGER_EVENTSTORE_FILE: is needed.*npm start/),
      expect.stringMatching(/^DRIFTLEDGER_CLICKHOUSE: is needed/),
      expect.stringMatching(/^DRIFTLEDGER_NATS: is needed/),
    ]);
  });

  it.each([
    ['DRIFTLEDGER_EVENTSTORE', 'http://host'],
    ['DRIFTLEDGER_CLICKHOUSE', 'http://user:secret@host:8123'],
    ['DRIFTLEDGER_NATS', 'host:4222'],
  ])('refuses %s=%s, and does not repeat it', (name, value) => {
    const problems = problemsOf({ ...SERVERS, [name]: value });
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name}: takes `))]);
    expect(problems.join()).not.toContain('secret');
  });

  it('is known to standalone as well, which does not need it', () => {
    expect(readConfiguration(SERVERS).unknown).toEqual([]);
  });
});

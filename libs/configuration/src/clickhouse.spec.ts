import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readClickHouse } from './clickhouse.js';
import { ConfigurationError } from './configuration-error.js';

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';

describe('where ClickHouse is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'driftledger-clickhouse-settings-'));
  const [password, ca] = [join(folder, 'password'), join(folder, 'ca.pem')];
  beforeAll(() => {
    writeFileSync(password, 'secret\n');
    writeFileSync(ca, `${PEM}\n`);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is nowhere unless the environment says so', () => {
    expect(readClickHouse({})).toBeUndefined();
    expect(readClickHouse({ DRIFTLEDGER_CLICKHOUSE: '', DRIFTLEDGER_CLICKHOUSE_USER: 'x' })).toBeUndefined();
  });

  it('is read with who gets in, the authority of its certificate and its cluster', () => {
    expect(readClickHouse({ DRIFTLEDGER_CLICKHOUSE: 'http://one:8123' })).toEqual({
      url: 'http://one:8123',
      username: 'default',
      password: '',
    });
    const whole = {
      DRIFTLEDGER_CLICKHOUSE: 'https://one:8443',
      DRIFTLEDGER_CLICKHOUSE_USER: 'driftledger',
      DRIFTLEDGER_CLICKHOUSE_PASSWORD_FILE: password,
      DRIFTLEDGER_CLICKHOUSE_CA_FILE: ca,
      DRIFTLEDGER_CLICKHOUSE_CLUSTER: 'main-1',
    };
    expect(readClickHouse(whole)).toEqual({
      ...{ url: 'https://one:8443', username: 'driftledger', password: 'secret', ca: PEM, cluster: 'main-1' },
    });
  });

  it.each([
    ['DRIFTLEDGER_CLICKHOUSE', 'one:8123'],
    ['DRIFTLEDGER_CLICKHOUSE', 'https://user:hidden@one:8443'],
    ['DRIFTLEDGER_CLICKHOUSE', 'https://one:8443?x=1'],
    ['DRIFTLEDGER_CLICKHOUSE_PASSWORD_FILE', join(folder, 'none')],
    ['DRIFTLEDGER_CLICKHOUSE_CA_FILE', join(folder, 'none')],
    ['DRIFTLEDGER_CLICKHOUSE_CA_FILE', password],
    ['DRIFTLEDGER_CLICKHOUSE_CLUSTER', "x' ENGINE = Memory"],
  ])('is refused with %s=%s, which is named', (name, value) => {
    const read = (): unknown => readClickHouse({ DRIFTLEDGER_CLICKHOUSE: 'https://one:8443', [name]: value });
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(name);
    expect(read).not.toThrow('hidden');
  });

  it('takes no authority for a server that is asked without TLS', () => {
    expect(() => readClickHouse({ DRIFTLEDGER_CLICKHOUSE: 'http://one:8123', DRIFTLEDGER_CLICKHOUSE_CA_FILE: ca })).toThrow(
      'DRIFTLEDGER_CLICKHOUSE_CA_FILE: means nothing without https://',
    );
  });
});

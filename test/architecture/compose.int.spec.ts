import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textOf } from './source-files.js';

const check = (...file: readonly string[]): { readonly status: number | null; readonly said: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/check-compose.mjs', ...file], { encoding: 'utf8' });
  return { status, said: stdout + stderr };
};

type Wrong = readonly (readonly [right: string, wrong: string, finding: string])[];

describe('the check of docker-compose.yml', () => {
  const folder = mkdtempSync(join(tmpdir(), 'driftledger-compose-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The findings that were expected of a changed file and are not there. */
  const unfound = (wrong: Wrong): readonly string[] => {
    const text = wrong.reduce((changed, [right, other]) => {
      expect(changed).toContain(right);
      return changed.replace(right, other);
    }, textOf('docker-compose.yml'));
    const file = join(folder, 'docker-compose.yml');
    writeFileSync(file, text);
    const { status, said } = check(file);
    expect(status).toBe(1);
    return wrong.map(([, , finding]) => finding).filter((finding) => !said.includes(finding));
  };

  it('has nothing to say of the file as it is', () => {
    expect(check()).toEqual({ status: 0, said: expect.stringContaining('9 services') });
  });

  it('finds what must not be', () => {
    const wrong: Wrong = [
      ['image: nats:2.11.6-alpine', 'image: nats:latest', 'services/nats: nats:latest is not pinned to one version'],
      ["'127.0.0.1:9090:9090'", "'9090:9090'", 'services/prometheus: 9090:9090 is published beyond this machine'],
      [
        'ADMIN_PASSWORD__FILE: /run/secrets/grafana-password',
        'ADMIN_PASSWORD: x',
        'services/grafana: GF_SECURITY_ADMIN_PASSWORD is a secret',
      ],
      ['esdb://kurrentdb', 'esdb://admin:changeit@kurrentdb', 'DRIFTLEDGER_EVENTSTORE has a password in its address'],
      ['nats: { condition: service_healthy }', 'nats: { condition: service_started }', 'services/api: starts before nats is healthy'],
      ["'nats:/data'", "'natz:/data'", 'services/nats: the volume natz is not declared'],
      ['    mem_limit: 8g\n', '', 'services/clickhouse: has no limits'],
      ['  nats-password: { file: ./secrets/nats-password }\n', '', 'services/ingest: the secret nats-password is not declared'],
      ['    retries: 3\n', '    retriez: 3\n', '/services/api/healthcheck: must NOT have additional properties'],
    ];
    expect(unfound(wrong)).toEqual([]);
  });

  it('finds what would end a program at its start, and what it could not read or reach', () => {
    const unsafe: Wrong = [
      ['DRIFTLEDGER_LOG_LEVEL:', 'DRIFTLEDGER_LOGLEVEL:', 'services/api: DRIFTLEDGER_LOGLEVEL means nothing to a program'],
      ['?tlsCAFile=/run/secrets/kurrentdb-ca.crt', '?tls=false', 'services/projector: tls=false sends no user and no password'],
      ['dist/apps/api/src/main.js', 'dist/apps/apy/src/main.js', 'services/api: dist/apps/apy/src/main.js does not exist'],
      ['ADMIN_KEY_FILE: /data/', 'ADMIN_KEY_FILE: /elsewhere/', 'services/api: DRIFTLEDGER_ADMIN_KEY_FILE is on no volume'],
      ['file: ./secrets/nats.conf', 'file: ./secrets/nats.cfg', 'secrets/nats.conf: ./secrets/nats.cfg is not made by compose:secrets'],
      [
        'secrets: [metrics-key, kurrentdb-ops-password, ',
        'secrets: [metrics-key, ',
        'prometheus.yml reads kurrentdb-ops-password, which it is not given',
      ],
    ];
    expect(unfound(unsafe)).toEqual([]);
    const elsewhere: Wrong = [
      ['esdb://kurrentdb:2113', 'esdb://eventstore:2113', 'services/evaluator: the certificate of the log is not for eventstore'],
      ['nats://nats:4222', 'nats://queue:4222', 'services/api: does not reach queue'],
      [
        'kurrentdb-admin-password, kurrentdb-ca.crt]',
        'kurrentdb-admin-password]',
        'services/ingest: reads kurrentdb-ca.crt, which it is not given',
      ],
    ];
    expect(unfound(elsewhere)).toEqual([]);
  });
});

describe('the secrets of docker-compose.yml', () => {
  const folder = mkdtempSync(join(tmpdir(), 'driftledger-secrets-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const CERTIFICATES = ['kurrentdb-ca.crt', 'kurrentdb-node.crt', 'kurrentdb-node.key'];
  const made = (): ReadonlyMap<string, string> => {
    execFileSync(process.execPath, ['tools/compose-secrets.mjs', folder]);
    return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  };

  it('are made once; certificates anew, all of them, when one is missing', () => {
    const first = made();
    expect(made()).toEqual(first);
    rmSync(join(folder, 'kurrentdb-node.crt'));
    const changed = [...made()].filter(([name, content]) => first.get(name) !== content).map(([name]) => name);
    expect(changed.sort()).toEqual(CERTIFICATES);
  });

  it('hold a certificate as KurrentDB takes one, and no password twice', () => {
    const secrets = made();
    const certificate = new X509Certificate(secrets.get('kurrentdb-node.crt') ?? '');
    const authority = new X509Certificate(secrets.get('kurrentdb-ca.crt') ?? '');
    expect(certificate.verify(authority.publicKey) && certificate.checkIssued(authority) && authority.ca).toBe(true);
    expect([certificate.subject, certificate.publicKey.asymmetricKeyType, certificate.ca]).toEqual(['CN=eventstoredb-node', 'rsa', false]);
    expect(['kurrentdb', 'localhost'].filter((name) => certificate.checkHost(name) === undefined)).toEqual([]);
    // Of servers and of clients: nodes call each other.
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    expect(secrets.get('kurrentdb-node.key')).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    const passwords = [...secrets].filter(([name]) => name.endsWith('-password')).map(([, password]) => password);
    expect([passwords.length, new Set(passwords).size]).toEqual([5, 5]);
    expect(passwords.filter((password) => password.length < 32)).toEqual([]);
  });
});

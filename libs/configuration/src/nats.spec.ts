import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from './configuration-error.js';
import { readNats } from './nats.js';

describe('where NATS is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'driftledger-nats-settings-'));
  const file = join(folder, 'password');
  beforeAll(() => writeFileSync(file, 'secret\n'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is nowhere unless the environment says so', () => {
    expect(readNats({})).toBeUndefined();
    expect(readNats({ DRIFTLEDGER_NATS: '', DRIFTLEDGER_NATS_USER: 'x' })).toBeUndefined();
  });

  it('is read with who gets in, and for whom messages are taken', () => {
    expect(readNats({ DRIFTLEDGER_NATS: 'tls://one:4222,tls://two:4222' })).toEqual({ servers: ['tls://one:4222', 'tls://two:4222'] });
    const whole = {
      DRIFTLEDGER_NATS: 'nats://one:4222',
      DRIFTLEDGER_NATS_USER: 'driftledger',
      DRIFTLEDGER_NATS_PASSWORD_FILE: file,
      DRIFTLEDGER_NATS_CA_FILE: '/run/ca.pem',
      DRIFTLEDGER_NATS_PRINCIPAL: 'queue',
    };
    expect(readNats(whole)).toEqual({
      ...{ servers: ['nats://one:4222'], user: 'driftledger', password: 'secret', caFile: '/run/ca.pem', principal: 'queue' },
    });
  });

  it.each([
    ['DRIFTLEDGER_NATS', 'http://one:4222'],
    ['DRIFTLEDGER_NATS', 'nats://user:password@one:4222'],
    ['DRIFTLEDGER_NATS_PASSWORD_FILE', join(folder, 'none')],
  ])('is refused with %s=%s, which is named', (name, value) => {
    const read = (): unknown => readNats({ DRIFTLEDGER_NATS: 'nats://one:4222', [name]: value });
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(name);
    expect(read).not.toThrow('user:password');
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverCertificate } from '../../../../test/support/eventstore-facade/certificates.js';
import { describeWithNats, NatsServer } from '../../../../test/support/nats-server.js';
import { BusUnavailable } from '../message-bus.js';
import { connectToNats, type NatsOptions } from './connect.js';

const withPassword = (password: string): string[] => ['--user', 'driftledger', '--pass', password];

describeWithNats('a connection to NATS', () => {
  const directory = mkdtempSync(join(tmpdir(), 'nats-connect-'));
  let server: NatsServer;
  beforeAll(async () => {
    await serverCertificate(directory, false);
    const tls = ['--tls', '--tlscert', join(directory, 'server.pem'), '--tlskey', join(directory, 'server.key')];
    server = await NatsServer.start([...tls, '--user', 'driftledger', '--pass', 'secret-word']);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(directory, { recursive: true });
  });

  const options = (about: Partial<NatsOptions> = {}): NatsOptions => ({
    servers: [server.url.replace('nats://', 'tls://')],
    name: 'spec',
    user: 'driftledger',
    password: 'secret-word',
    caFile: join(directory, 'ca.pem'),
    timeoutMs: 3_000,
    ...about,
  });

  it('is made over TLS, with user and password', async () => {
    const connection = await connectToNats(options());
    await connection.flush();
    await connection.close();
  });

  it.each([
    ['the password is wrong', { password: 'another-secret' }],
    ['the certificate is signed by nobody known', { caFile: join(directory, 'server.key') }],
    ['the file of the authority is missing', { caFile: join(directory, 'none.pem') }],
  ])('is refused when %s, without saying a secret', async (_, about) => {
    const failure: unknown = await connectToNats(options(about)).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(BusUnavailable);
    expect(String(failure)).not.toMatch(/secret/);
  });

  it('comes back after a server that refused its credentials for a while', async () => {
    const restarted = await NatsServer.start(withPassword('secret-word'));
    const connection = await connectToNats({ servers: [restarted.url], name: 'spec', user: 'driftledger', password: 'secret-word' });
    const told = async (type: string, times: number): Promise<void> => {
      let heard = 0;
      for await (const status of connection.status()) if (status.type === type && (heard += 1) === times) return;
    };
    const [refused, back] = [told('error', 3), told('reconnect', 1)];
    await restarted.kill();
    await restarted.up(withPassword('another-secret'));
    await refused;
    await restarted.kill();
    await restarted.up(withPassword('secret-word'));
    await back;
    expect(connection.isClosed()).toBe(false);
    await connection.close();
    await restarted.stop();
  });
});

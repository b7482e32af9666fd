import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverCertificate } from '../../../../test/support/eventstore-facade/certificates.js';
import { describeWithNats, NatsServer } from '../../../../test/support/nats-server.js';
import { BusUnavailable } from '../message-bus.js';
import { connectToNats, type NatsOptions } from './connect.js';

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
});

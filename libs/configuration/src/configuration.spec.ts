import { isAbsolute } from 'node:path';
import { bindingProblem, isLoopback } from './binding.js';
import { readConfiguration } from './configuration.js';
import { ConfigurationError } from './configuration-error.js';
import { serverOptions } from './server-options.js';

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    readConfiguration(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
};

describe('the configuration', () => {
  it('needs nothing: loopback, port 4000, data beside the working directory, the documented limits', () => {
    const configuration = readConfiguration({ PATH: '/bin' });
    expect(configuration).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      tls: undefined,
      trustedProxies: [],
      logLevel: 'info',
      unknown: [],
    });
    expect(configuration.dataDirectory).toMatch(/\.driftledger$/);
    expect(isAbsolute(configuration.dataDirectory)).toBe(true);
    expect(configuration.limits).toMatchObject({ bodyBytesMax: 8_388_608, inflatedBytesMax: 67_108_864, recordsMax: 10_000, depthMax: 5 });
    expect(configuration.limits).toMatchObject({
      stringLengthMax: 1_000,
      idLengthMax: 128,
      latenessMs: 3_600_000,
      futureSkewMsMax: 300_000,
    });
  });
  it('takes an empty variable as absent', () => {
    expect(readConfiguration({ DRIFTLEDGER_PORT: '', DRIFTLEDGER_HOST: '' })).toMatchObject({ port: 4000, host: '127.0.0.1' });
  });
  it.each([
    ['DRIFTLEDGER_PORT', '65536'],
    ['DRIFTLEDGER_PORT', '4000x'],
    ['DRIFTLEDGER_PORT', '-1'],
    ['DRIFTLEDGER_PORT', '1e3'],
    ['DRIFTLEDGER_HOST', 'a b'],
    ['DRIFTLEDGER_LOG_LEVEL', 'loud'],
    ['DRIFTLEDGER_LATENESS_SECONDS', 'one hour'],
    ['DRIFTLEDGER_RECORDS_MAX', '0'],
    ['DRIFTLEDGER_ID_LENGTH_MAX', '39'],
    ['DRIFTLEDGER_TRUSTED_PROXY', 'everybody'],
    ['DRIFTLEDGER_TRUSTED_PROXY', '0.0.0.0/0'],
    ['DRIFTLEDGER_TRUSTED_PROXY', '10.0.0.1,'],
  ])('refuses %s=%s and names it', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name}: takes `))]);
  });
  it('names everything that is wrong at once', () => {
    expect(problemsOf({ DRIFTLEDGER_PORT: 'x', DRIFTLEDGER_LOG_LEVEL: 'x' })).toHaveLength(2);
  });
  it('points out variables that mean nothing', () => {
    expect(readConfiguration({ DRIFTLEDGER_PROT: '1', DRIFTLEDGER_URL: 'http://x', DRIFTLEDGER_KEY: 'k' }).unknown).toEqual([
      'DRIFTLEDGER_PROT',
    ]);
  });
});

describe('listening', () => {
  it.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])('on %s needs no protection', (host) => {
    expect(isLoopback(host)).toBe(true);
    expect(problemsOf({ DRIFTLEDGER_HOST: host })).toEqual([]);
  });
  it.each(['0.0.0.0', '::', '10.0.0.1', 'example.com', 'localhost.example.com', '127.0.0.1.example.com'])(
    'on %s without TLS or a declared proxy refuses to start, and says what would help',
    (host) => {
      const [problem] = problemsOf({ DRIFTLEDGER_HOST: host });
      expect(problem).toMatch(/^DRIFTLEDGER_HOST: .*DRIFTLEDGER_TLS_CERT.*DRIFTLEDGER_TRUSTED_PROXY/);
    },
  );
  it('elsewhere is allowed with TLS, or behind a declared proxy', () => {
    expect(bindingProblem({ host: '0.0.0.0', tls: { certFile: '/c', keyFile: '/k' }, trustedProxies: [] })).toBeUndefined();
    expect(problemsOf({ DRIFTLEDGER_HOST: '0.0.0.0', DRIFTLEDGER_TRUSTED_PROXY: '10.0.0.5, fd00::/8' })).toEqual([]);
  });
  it('with half of a certificate is refused', () => {
    expect(problemsOf({ DRIFTLEDGER_TLS_CERT: 'c.pem' })).toEqual(['DRIFTLEDGER_TLS_KEY: is needed because DRIFTLEDGER_TLS_CERT is given']);
    expect(problemsOf({ DRIFTLEDGER_TLS_KEY: 'k.pem' })).toEqual(['DRIFTLEDGER_TLS_CERT: is needed because DRIFTLEDGER_TLS_KEY is given']);
  });
  it('believes forwarding headers of declared proxies only', () => {
    expect(serverOptions(readConfiguration({})).trustProxy).toBe(false);
    expect(serverOptions(readConfiguration({ DRIFTLEDGER_TRUSTED_PROXY: '10.0.0.5' })).trustProxy).toEqual(['10.0.0.5']);
  });
  it('names the variable of a TLS file that cannot be read', () => {
    const configuration = readConfiguration({ DRIFTLEDGER_TLS_CERT: '/no/such/cert.pem', DRIFTLEDGER_TLS_KEY: '/no/such/key.pem' });
    expect(() => serverOptions(configuration)).toThrow(/^DRIFTLEDGER_TLS_CERT: \/no\/such\/cert\.pem cannot be read/);
  });
});

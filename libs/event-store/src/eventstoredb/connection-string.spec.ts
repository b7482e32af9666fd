import { parseConnectionString } from './connection-string.js';

describe('a connection string', () => {
  it('names host, port, user and password', () => {
    expect(parseConnectionString('esdb://admin:ch%40nge%3Ait@db.internal:2114')).toEqual({
      hosts: [{ address: 'db.internal', port: 2114 }],
      discover: false,
      tls: true,
      credentials: { username: 'admin', password: 'ch@nge:it' },
    });
  });

  it('uses TLS and port 2113 unless it says otherwise', () => {
    expect(parseConnectionString('esdb://db.internal')).toMatchObject({ hosts: [{ address: 'db.internal', port: 2113 }], tls: true });
  });

  it('names several hosts, or one name that leads to all', () => {
    expect(parseConnectionString('esdb://a:1,b:2,[::1]:3').hosts).toEqual([
      { address: 'a', port: 1 },
      { address: 'b', port: 2 },
      { address: '[::1]', port: 3 },
    ]);
    expect(parseConnectionString('kurrentdb+discover://cluster.internal')).toMatchObject({ discover: true });
  });

  it.each(['localhost', '127.0.0.1:2113', '127.9.9.9', '[::1]:2113', 'localhost:1,127.0.0.1:2'])(
    'may do without TLS on this machine: %s',
    (hosts) => {
      expect(parseConnectionString(`esdb://${hosts}?tls=false`).tls).toBe(false);
    },
  );

  it.each(['db.internal', '10.0.0.1', 'localhost.evil.example', '127.0.0.1.evil.example', 'localhost,db.internal'])(
    'may not do without TLS elsewhere: %s',
    (hosts) => {
      expect(() => parseConnectionString(`esdb://${hosts}?TLS=false`)).toThrow(/for this machine alone/);
    },
  );

  it('is refused when its credentials would not be sent', () => {
    expect(() => parseConnectionString('esdb://admin:secret@localhost?tls=false')).toThrow(/leave them out/);
  });

  it('is refused when it asks for certificates that nobody verifies', () => {
    expect(() => parseConnectionString('esdb://localhost?tlsVerifyCert=false')).toThrow(/tlsCAFile/);
  });

  it('is refused when a file it names is missing, or one of a pair', () => {
    expect(() => parseConnectionString('esdb://localhost?tlsCAFile=/nowhere/ca.crt')).toThrow(/ENOENT/);
    expect(() => parseConnectionString('esdb://localhost?userCertFile=/nowhere/user.crt')).toThrow(/belong together/);
  });

  it.each(['', 'http://localhost', 'esdb://', 'esdb://a:0', 'esdb://a:65536', 'esdb://a:1:2', 'esdb://user@a', 'esdb://a?speed=high'])(
    'is refused when it cannot be read: %p',
    (text) => {
      expect(() => parseConnectionString(text)).toThrow(TypeError);
    },
  );

  it('never shows a password in its error', () => {
    const thrown = (): unknown => parseConnectionString('esdb://admin:s3cret@a:99999');
    expect(thrown).toThrow(TypeError);
    expect(thrown).not.toThrow(/s3cret/);
  });
});

import { readFileSync } from 'node:fs';

/** Where a server or cluster is and how it is spoken to, as a connection string says it. */
export type ConnectionSettings = {
  readonly hosts: readonly { readonly address: string; readonly port: number }[];
  /** The one host is a DNS name that leads to all nodes. */
  readonly discover: boolean;
  readonly tls: boolean;
  readonly credentials?: { readonly username: string; readonly password: string };
  /** PEM, read from the file that the string names. */
  readonly authority?: Buffer;
  readonly clientCertificate?: { readonly certificate: Buffer; readonly key: Buffer };
};

const DEFAULT_PORT = 2113;
const SHAPE = /^(?:esdb|kurrentdb)(\+discover)?:\/\/(?:([^@/?]*)@)?([^@/?]+)\/?(?:\?(.*))?$/;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const PARAMETERS: ReadonlySet<string> = new Set(['tls', 'tlsverifycert', 'tlscafile', 'usercertfile', 'userkeyfile']);

/**
 * Reads `esdb://user:password@host:2113?tlsCAFile=ca.crt`; several hosts with commas, or `esdb+discover://` for a name in DNS. The
 * scheme may be `kurrentdb` as well. The client's own parser is not used because it takes settings it then ignores: credentials
 * without TLS, and certificates that are not to be verified.
 *
 * @throws TypeError when it cannot be read, or asks for something unsafe; the message holds no password
 * @throws Error when a file it names cannot be read
 */
export const parseConnectionString = (text: string): ConnectionSettings => {
  const match = SHAPE.exec(text.trim());
  if (!match?.[3]) throw new TypeError('a connection string is written esdb://user:password@host:2113?tlsCAFile=…');
  const hosts = match[3].split(',').map(hostOf);
  const parameters = parametersOf(match[4] ?? '');
  const credentials = credentialsOf(match[2]);
  const tls = parameters.get('tls') !== 'false';
  if (!tls && credentials) throw new TypeError('tls=false sends no user and no password: leave them out, or use TLS');
  if (!tls && !hosts.every(({ address }) => LOOPBACK.test(address)))
    throw new TypeError('tls=false is for this machine alone: events would travel in clear');
  if (parameters.get('tlsverifycert') === 'false')
    throw new TypeError('tlsVerifyCert=false is not supported: name the authority by tlsCAFile');
  const authority = parameters.get('tlscafile');
  const clientCertificate = clientCertificateOf(parameters.get('usercertfile'), parameters.get('userkeyfile'));
  return {
    hosts,
    discover: match[1] !== undefined,
    tls,
    ...(credentials ? { credentials } : {}),
    ...(authority === undefined ? {} : { authority: readFileSync(authority) }),
    ...(clientCertificate ? { clientCertificate } : {}),
  };
};

const hostOf = (text: string): { address: string; port: number } => {
  const match = /^(\[[0-9a-fA-F:]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text);
  const port = Number(match?.[2] ?? DEFAULT_PORT);
  if (!match?.[1] || port < 1 || port > 65_535) throw new TypeError(`${JSON.stringify(text)} is no host with a port`);
  return { address: match[1].toLowerCase(), port };
};

const credentialsOf = (text: string | undefined): ConnectionSettings['credentials'] => {
  if (text === undefined || text === '') return undefined;
  const colon = text.indexOf(':');
  if (colon < 1) throw new TypeError('a user of a connection string has a password: user:password@host');
  return { username: decodeURIComponent(text.slice(0, colon)), password: decodeURIComponent(text.slice(colon + 1)) };
};

const parametersOf = (text: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    const known = name.toLowerCase().replace(/[_-]/g, '');
    if (!PARAMETERS.has(known)) throw new TypeError(`${JSON.stringify(name)} is no parameter of a connection string here`);
    found.set(known, value);
  }
  return found;
};

const clientCertificateOf = (certificate: string | undefined, key: string | undefined): ConnectionSettings['clientCertificate'] => {
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined || key === undefined) throw new TypeError('userCertFile and userKeyFile belong together');
  return { certificate: readFileSync(certificate), key: readFileSync(key) };
};

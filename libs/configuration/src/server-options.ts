import { readFileSync } from 'node:fs';
import { type Configuration } from './configuration.js';
import { ConfigurationError } from './configuration-error.js';

/** What an HTTP server is made from. Forwarding headers are believed from declared proxies only. */
export type ServerOptions = {
  readonly trustProxy: string[] | false;
  readonly bodyLimit: number;
  readonly https?: { readonly cert: Buffer; readonly key: Buffer };
};

/** Options for the Fastify adapter. @throws ConfigurationError when a TLS file cannot be read */
export const serverOptions = ({ tls, trustedProxies, limits }: Configuration): ServerOptions => ({
  trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
  bodyLimit: limits.bodyBytesMax,
  ...(tls ? { https: { cert: read('DRIFTLEDGER_TLS_CERT', tls.certFile), key: read('DRIFTLEDGER_TLS_KEY', tls.keyFile) } } : {}),
});

const read = (variable: string, file: string): Buffer => {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new ConfigurationError([`${variable}: ${file} cannot be read (${cause instanceof Error ? cause.message : String(cause)})`]);
  }
};

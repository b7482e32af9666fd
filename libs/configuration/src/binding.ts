import { BlockList, isIP, isIPv6 } from 'node:net';

/** Where a server is reached, and what protects keys on the way there. */
export type Binding = {
  readonly host: string;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Addresses or networks of proxies whose forwarding headers are believed. */
  readonly trustedProxies: readonly string[];
};

/** True for `localhost` and addresses of this machine only; a name that must be looked up first is not one. */
export const isLoopback = (host: string): boolean => {
  if (host === 'localhost') return true;
  if (isIP(host) === 0) return false;
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  return loopback.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
};

/** Why a server may not listen like this, in words; undefined when it may. Keys are not sent in clear over a network. */
export const bindingProblem = ({ host, tls, trustedProxies }: Binding): string | undefined => {
  if (isLoopback(host) || tls || trustedProxies.length > 0) return undefined;
  return (
    `DRIFTLEDGER_HOST: listening on ${host} would send keys in clear over the network. ` +
    'Give DRIFTLEDGER_TLS_CERT and DRIFTLEDGER_TLS_KEY, or name the proxy in front that speaks TLS in DRIFTLEDGER_TRUSTED_PROXY ' +
    '(its address or network, such as 10.0.0.5), or listen on 127.0.0.1'
  );
};

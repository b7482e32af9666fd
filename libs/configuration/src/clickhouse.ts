import { z } from 'zod';
import { ConfigurationError } from './configuration-error.js';
import { secretIn } from './secret-file.js';

/** Where ClickHouse is, and how a process gets in. */
export type ClickHouseServer = {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Certificates, in PEM, of the authorities that may have signed the server's; those that Node knows where there are none. */
  readonly ca?: string;
  /** The cluster, of one shard, on all of whose replicas the read model is kept. */
  readonly cluster?: string;
};

const Environment = z.object({
  DRIFTLEDGER_CLICKHOUSE: z.string().regex(/^https?:\/\/[^\s/@?#]+\/?$/, 'takes http://host:8123 or https://host:8443, without a user'),
  DRIFTLEDGER_CLICKHOUSE_USER: z.string().default('default'),
  DRIFTLEDGER_CLICKHOUSE_PASSWORD_FILE: z.string().optional(),
  DRIFTLEDGER_CLICKHOUSE_CA_FILE: z.string().optional(),
  DRIFTLEDGER_CLICKHOUSE_CLUSTER: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,100}$/, 'takes the name of a cluster: letters, digits, _ . and -')
    .optional(),
});

/** The variables this module reads; `readConfiguration` knows them by it. */
export const CLICKHOUSE_VARIABLES: readonly string[] = Object.keys(Environment.shape);

/**
 * ClickHouse as the environment says; an empty variable counts as absent. Undefined when `DRIFTLEDGER_CLICKHOUSE` is absent: there is no
 * server.
 * @throws ConfigurationError that names every variable that cannot be used; never with what a secret was
 */
export const readClickHouse = (environment: Readonly<Record<string, string | undefined>>): ClickHouseServer | undefined => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  if (given['DRIFTLEDGER_CLICKHOUSE'] === undefined) return undefined;
  const result = Environment.safeParse(given);
  if (!result.success) throw new ConfigurationError(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  const { data } = result;
  const passwordFile = data.DRIFTLEDGER_CLICKHOUSE_PASSWORD_FILE;
  return {
    url: data.DRIFTLEDGER_CLICKHOUSE,
    username: data.DRIFTLEDGER_CLICKHOUSE_USER,
    password: passwordFile === undefined ? '' : secretIn('DRIFTLEDGER_CLICKHOUSE_PASSWORD_FILE', passwordFile),
    ...authorityOf(data.DRIFTLEDGER_CLICKHOUSE, data.DRIFTLEDGER_CLICKHOUSE_CA_FILE),
    ...(data.DRIFTLEDGER_CLICKHOUSE_CLUSTER !== undefined && { cluster: data.DRIFTLEDGER_CLICKHOUSE_CLUSTER }),
  };
};

const authorityOf = (url: string, file: string | undefined): { readonly ca?: string } => {
  if (file === undefined) return {};
  const variable = 'DRIFTLEDGER_CLICKHOUSE_CA_FILE';
  if (url.startsWith('http:')) throw new ConfigurationError([`${variable}: means nothing without https:// in DRIFTLEDGER_CLICKHOUSE`]);
  const ca = secretIn(variable, file);
  if (!ca.includes('-----BEGIN CERTIFICATE-----')) throw new ConfigurationError([`${variable}: ${file} has no certificate in PEM`]);
  return { ca };
};

import { z } from 'zod';
import { ConfigurationError } from './configuration-error.js';
import { secretIn } from './secret-file.js';

/** Where NATS is, how a process gets in, and for whom messages without a key are taken. */
export type Nats = {
  /** Servers of one cluster, such as `nats://host:4222`. */
  readonly servers: readonly string[];
  readonly user?: string;
  readonly password?: string;
  /** Certificate of the authority that signed the servers' certificates. */
  readonly caFile?: string;
  /** Name of the principal that stands for messages without a key; without one every message needs a key. */
  readonly principal?: string;
};

const Environment = z.object({
  DRIFTLEDGER_NATS: z
    .string()
    .regex(/^(nats|tls):\/\/[^\s,@]+(,(nats|tls):\/\/[^\s,@]+)*$/, 'takes nats://host:4222, several with commas, without a user'),
  DRIFTLEDGER_NATS_USER: z.string().optional(),
  DRIFTLEDGER_NATS_PASSWORD_FILE: z.string().optional(),
  DRIFTLEDGER_NATS_CA_FILE: z.string().optional(),
  DRIFTLEDGER_NATS_PRINCIPAL: z.string().max(200).optional(),
});

/** The variables this module reads; `readConfiguration` knows them by it. */
export const NATS_VARIABLES: readonly string[] = Object.keys(Environment.shape);

/**
 * NATS as the environment says; an empty variable counts as absent. Undefined when `DRIFTLEDGER_NATS` is absent: the process has none.
 * @throws ConfigurationError that names every variable that cannot be used; never with what a secret was
 */
export const readNats = (environment: Readonly<Record<string, string | undefined>>): Nats | undefined => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  if (given['DRIFTLEDGER_NATS'] === undefined) return undefined;
  const result = Environment.safeParse(given);
  if (!result.success) throw new ConfigurationError(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  const { data } = result;
  return {
    servers: data.DRIFTLEDGER_NATS.split(','),
    ...(data.DRIFTLEDGER_NATS_USER !== undefined && { user: data.DRIFTLEDGER_NATS_USER }),
    ...(data.DRIFTLEDGER_NATS_PASSWORD_FILE !== undefined && {
      password: secretIn('DRIFTLEDGER_NATS_PASSWORD_FILE', data.DRIFTLEDGER_NATS_PASSWORD_FILE),
    }),
    ...(data.DRIFTLEDGER_NATS_CA_FILE !== undefined && { caFile: data.DRIFTLEDGER_NATS_CA_FILE }),
    ...(data.DRIFTLEDGER_NATS_PRINCIPAL !== undefined && { principal: data.DRIFTLEDGER_NATS_PRINCIPAL }),
  };
};

import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { type Binding, bindingProblem } from './binding.js';
import { ConfigurationError } from './configuration-error.js';
import { type Nats, readNats } from './nats.js';
import { SERVER_VARIABLES } from './servers.js';
import { type Traces, readTraces } from './traces.js';

export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Limits of the intake; sizes in bytes, times in milliseconds, string lengths in characters. */
export type Limits = {
  readonly bodyBytesMax: number;
  readonly inflatedBytesMax: number;
  readonly recordsMax: number;
  readonly featuresMax: number;
  readonly stringLengthMax: number;
  readonly idLengthMax: number;
  readonly depthMax: number;
  readonly vectorLengthMax: number;
  readonly futureSkewMsMax: number;
  readonly latenessMs: number;
  readonly waitingRequestsMax: number;
  readonly waitingBytesMax: number;
};

/** What an operator decided, checked. `dataDirectory` is absolute. */
export type Configuration = Binding & {
  readonly dataDirectory: string;
  readonly port: number;
  readonly logLevel: (typeof LEVELS)[number];
  readonly limits: Limits;
  /** Undefined when nothing is taken from NATS and nothing is told there. */
  readonly nats: Nats | undefined;
  /** Undefined when no spans are made. */
  readonly traces: Traces | undefined;
  /** Variables that start with DRIFTLEDGER_ and mean nothing here: probably misspelt. */
  readonly unknown: readonly string[];
};

const MIB = 1024 * 1024;

/** A whole number between two bounds, with its default. */
const whole = (byDefault: number, min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'takes a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `takes a whole number from ${min} to ${max}`)
    .default(byDefault);

const proxies = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((parts) => parts.every(isNetwork), 'takes addresses or networks, separated by commas, such as 10.0.0.5,10.1.0.0/16')
  .default([]);

const isNetwork = (text: string): boolean => {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  // A network of everybody would let anybody say where a request came from.
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (family === 4 ? 32 : 128));
};

const Environment = z.object({
  DRIFTLEDGER_DATA: z.string().default('.driftledger'),
  DRIFTLEDGER_HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]{1,253}$/, 'takes an address or a name')
    .default('127.0.0.1'),
  DRIFTLEDGER_PORT: whole(4000, 0, 65_535),
  DRIFTLEDGER_TLS_CERT: z.string().optional(),
  DRIFTLEDGER_TLS_KEY: z.string().optional(),
  DRIFTLEDGER_TRUSTED_PROXY: proxies,
  DRIFTLEDGER_LOG_LEVEL: z.enum(LEVELS, `takes one of ${LEVELS.join(', ')}`).default('info'),
  DRIFTLEDGER_LATENESS_SECONDS: whole(3_600, 0, 31 * 86_400),
  DRIFTLEDGER_FUTURE_SKEW_SECONDS: whole(300, 0, 86_400),
  DRIFTLEDGER_BODY_BYTES_MAX: whole(8 * MIB, 1_024, 256 * MIB),
  DRIFTLEDGER_INFLATED_BYTES_MAX: whole(64 * MIB, 1_024, 1_024 * MIB),
  DRIFTLEDGER_RECORDS_MAX: whole(10_000, 1, 100_000),
  DRIFTLEDGER_FEATURES_MAX: whole(2_000, 1, 2_000),
  DRIFTLEDGER_STRING_LENGTH_MAX: whole(1_000, 1, 32_768),
  // The ids we give are a UUID, a dot and up to three digits, and labels must be able to name them.
  DRIFTLEDGER_ID_LENGTH_MAX: whole(128, 40, 1_000),
  DRIFTLEDGER_DEPTH_MAX: whole(5, 1, 32),
  DRIFTLEDGER_VECTOR_LENGTH_MAX: whole(4_096, 1, 4_096),
  DRIFTLEDGER_WAITING_REQUESTS_MAX: whole(5_000, 1, 1_000_000),
  DRIFTLEDGER_WAITING_BYTES_MAX: whole(64 * MIB, 64 * 1_024, 4_096 * MIB),
});

/** Read by the command line, not by servers. */
const CLIENT_VARIABLES = ['DRIFTLEDGER_URL', 'DRIFTLEDGER_KEY'];

/**
 * The configuration in the environment; an empty variable counts as absent.
 * @throws ConfigurationError that names every variable that cannot be used, and refuses a binding that would send keys in clear
 */
export const readConfiguration = (environment: Readonly<Record<string, string | undefined>>): Configuration => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const result = Environment.safeParse(given);
  if (!result.success) throw new ConfigurationError(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  const { data } = result;
  const binding = { host: data.DRIFTLEDGER_HOST, tls: tlsOf(data), trustedProxies: data.DRIFTLEDGER_TRUSTED_PROXY };
  const problem = bindingProblem(binding);
  if (problem !== undefined) throw new ConfigurationError([problem]);
  return {
    ...binding,
    dataDirectory: resolve(data.DRIFTLEDGER_DATA),
    port: data.DRIFTLEDGER_PORT,
    logLevel: data.DRIFTLEDGER_LOG_LEVEL,
    limits: limitsOf(data),
    nats: readNats(given),
    traces: readTraces(given),
    unknown: Object.keys(given).filter((name) => name.startsWith('DRIFTLEDGER_') && !isKnown(name)),
  };
};

const isKnown = (name: string): boolean =>
  Object.hasOwn(Environment.shape, name) || CLIENT_VARIABLES.includes(name) || SERVER_VARIABLES.includes(name);

type Parsed = z.infer<typeof Environment>;

const tlsOf = ({ DRIFTLEDGER_TLS_CERT: certFile, DRIFTLEDGER_TLS_KEY: keyFile }: Parsed): Binding['tls'] => {
  if (certFile !== undefined && keyFile !== undefined) return { certFile: resolve(certFile), keyFile: resolve(keyFile) };
  if (certFile === undefined && keyFile === undefined) return undefined;
  const [missing, present] =
    certFile === undefined ? ['DRIFTLEDGER_TLS_CERT', 'DRIFTLEDGER_TLS_KEY'] : ['DRIFTLEDGER_TLS_KEY', 'DRIFTLEDGER_TLS_CERT'];
  throw new ConfigurationError([`${missing}: is needed because ${present} is given`]);
};

const limitsOf = (data: Parsed): Limits => ({
  bodyBytesMax: data.DRIFTLEDGER_BODY_BYTES_MAX,
  inflatedBytesMax: data.DRIFTLEDGER_INFLATED_BYTES_MAX,
  recordsMax: data.DRIFTLEDGER_RECORDS_MAX,
  featuresMax: data.DRIFTLEDGER_FEATURES_MAX,
  stringLengthMax: data.DRIFTLEDGER_STRING_LENGTH_MAX,
  idLengthMax: data.DRIFTLEDGER_ID_LENGTH_MAX,
  depthMax: data.DRIFTLEDGER_DEPTH_MAX,
  vectorLengthMax: data.DRIFTLEDGER_VECTOR_LENGTH_MAX,
  futureSkewMsMax: data.DRIFTLEDGER_FUTURE_SKEW_SECONDS * 1_000,
  latenessMs: data.DRIFTLEDGER_LATENESS_SECONDS * 1_000,
  waitingRequestsMax: data.DRIFTLEDGER_WAITING_REQUESTS_MAX,
  waitingBytesMax: data.DRIFTLEDGER_WAITING_BYTES_MAX,
});

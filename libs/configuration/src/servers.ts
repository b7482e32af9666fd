import { resolve } from 'node:path';
import { z } from 'zod';
import { CLICKHOUSE_VARIABLES, type ClickHouseServer, readClickHouse } from './clickhouse.js';
import { ConfigurationError } from './configuration-error.js';
import { type Nats, NATS_VARIABLES, readNats } from './nats.js';
import { secretIn } from './secret-file.js';

/** Where the engines of a process on servers are, and how it gets in. */
export type Servers = {
  /** Connection string of EventStoreDB or KurrentDB, with user and password where there are any: `esdb://user:password@host:2113?tlsCAFile=…`. */
  readonly eventStore: string;
  readonly clickHouse: ClickHouseServer;
  readonly nats: Nats;
  /** At which other copies reach an ingest, where its address does not say it. */
  readonly advertisedUrl?: string;
  /** Where the api puts the key of the first admin. */
  readonly adminKeyFile?: string;
  /** Into how many parts evaluators divide the monitors between them, 1 to 32. */
  readonly evaluatorShards: number;
};

const Environment = z.object({
  DRIFTLEDGER_EVENTSTORE: z
    .string()
    .regex(/^(esdb|kurrentdb)(\+discover)?:\/\/\S+$/, 'takes esdb://user:password@host:2113?tlsCAFile=…')
    .optional(),
  DRIFTLEDGER_EVENTSTORE_FILE: z.string().optional(),
  DRIFTLEDGER_EVENTSTORE_USER: z.string().optional(),
  DRIFTLEDGER_EVENTSTORE_PASSWORD_FILE: z.string().optional(),
  DRIFTLEDGER_ADVERTISED_URL: z
    .string()
    .regex(/^https?:\/\/[^\s/@]+\/?$/, 'takes http://host:4000 or https://host:4000')
    .optional(),
  DRIFTLEDGER_ADMIN_KEY_FILE: z.string().optional(),
  DRIFTLEDGER_EVALUATOR_SHARDS: z
    .string()
    .regex(/^([1-9]|[12]\d|3[0-2])$/, 'takes a whole number from 1 to 32')
    .transform(Number)
    .default(8),
});

/** The variables this module reads; `readConfiguration` knows them by it. */
export const SERVER_VARIABLES: readonly string[] = [...Object.keys(Environment.shape), ...CLICKHOUSE_VARIABLES, ...NATS_VARIABLES];

const REQUIRED = 'is needed: this program works on servers; `npm start` runs everything in one process without any';

/**
 * Where the servers are, from the environment; an empty variable counts as absent. Secrets come from files.
 * @throws ConfigurationError that names every variable that is missing or cannot be used; never with what a secret was
 */
export const readServers = (environment: Readonly<Record<string, string | undefined>>): Servers => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const result = Environment.safeParse(given);
  const problems = result.success ? [] : result.error.issues.map(problemOf);
  if (given['DRIFTLEDGER_EVENTSTORE'] === undefined && given['DRIFTLEDGER_EVENTSTORE_FILE'] === undefined)
    problems.unshift(`DRIFTLEDGER_EVENTSTORE or DRIFTLEDGER_EVENTSTORE_FILE: ${REQUIRED}`);
  const clickHouse = partOf(given, { read: readClickHouse, variable: 'DRIFTLEDGER_CLICKHOUSE' }, problems);
  const nats = partOf(given, { read: readNats, variable: 'DRIFTLEDGER_NATS' }, problems);
  if (!result.success || !clickHouse || !nats || problems.length > 0) throw new ConfigurationError(problems);
  const { data } = result;
  return {
    eventStore: eventStoreOf(data),
    clickHouse,
    nats,
    evaluatorShards: data.DRIFTLEDGER_EVALUATOR_SHARDS,
    ...(data.DRIFTLEDGER_ADVERTISED_URL !== undefined && { advertisedUrl: data.DRIFTLEDGER_ADVERTISED_URL }),
    ...(data.DRIFTLEDGER_ADMIN_KEY_FILE !== undefined && { adminKeyFile: resolve(data.DRIFTLEDGER_ADMIN_KEY_FILE) }),
  };
};

/** The connection string, with the user and the password that were given apart from it. */
const eventStoreOf = (data: z.infer<typeof Environment>): string => {
  const { DRIFTLEDGER_EVENTSTORE: given, DRIFTLEDGER_EVENTSTORE_USER: user, DRIFTLEDGER_EVENTSTORE_PASSWORD_FILE: file } = data;
  const text = given ?? optionalSecret('DRIFTLEDGER_EVENTSTORE_FILE', data.DRIFTLEDGER_EVENTSTORE_FILE);
  if (user === undefined && file === undefined) return text;
  if (user === undefined || file === undefined)
    throw new ConfigurationError(['DRIFTLEDGER_EVENTSTORE_USER and DRIFTLEDGER_EVENTSTORE_PASSWORD_FILE: belong together']);
  if (/^[^/]*:\/\/[^/?]*@/.test(text))
    throw new ConfigurationError(['DRIFTLEDGER_EVENTSTORE_USER: the connection string names a user already']);
  const credentials = [user, secretIn('DRIFTLEDGER_EVENTSTORE_PASSWORD_FILE', file)].map(encodeURIComponent).join(':');
  return text.replace('://', () => `://${credentials}@`);
};

const problemOf = ({ path, message }: z.core.$ZodIssue): string => `${path.join('.')}: ${message}`;

const optionalSecret = (variable: string, file: string | undefined): string => (file === undefined ? '' : secretIn(variable, file));

type Given = Readonly<Record<string, string | undefined>>;

/** What one engine is reached by, or undefined after the problems with it were added to the others. */
const partOf = <T>(
  given: Given,
  { read, variable }: { readonly read: (given: Given) => T | undefined; readonly variable: string },
  problems: string[],
): T | undefined => {
  try {
    const part = read(given);
    if (part === undefined) problems.push(`${variable}: ${REQUIRED}`);
    return part;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
};

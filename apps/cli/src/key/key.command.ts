import { type Command, Option } from 'commander';
import { PRINCIPAL_KINDS, ROLES } from '#libs/identity';
import { type Client, connect } from '../client.js';
import { UsageError } from '../usage-error.js';
import { Issued, Principals, Registered, Revoked } from './answers.js';
import { keyTable } from './table.js';

type CreateOptions = {
  readonly label: string;
  readonly kind?: string;
  readonly role?: readonly string[];
  readonly expires?: string;
  readonly json?: true;
};

const DETAILS = `
A principal is a person, a service or a job; it may hold several keys. Keys are shown once, when they are made. The commands talk to the
running server: DRIFTLEDGER_URL (default http://127.0.0.1:4000), with DRIFTLEDGER_KEY or the key in <data>/admin.key. The first start makes
that key; on servers an api puts it where DRIFTLEDGER_ADMIN_KEY_FILE says.
Example: driftledger key create checkout --role producer --label "checkout, blue"`;

/** `driftledger key create | list | revoke`. */
export const register = (program: Command): void => {
  const key = program.command('key').description('make, list and revoke keys').addHelpText('after', DETAILS);
  const write = (text: string): void => (key.configureOutput().writeOut ?? ((out: string) => void process.stdout.write(out)))(text);
  key
    .command('create')
    .description('make a key for a principal, and the principal if it is new')
    .argument('<principal>', 'name of the principal: a-z 0-9 . _ -')
    .requiredOption('--label <text>', 'what the key is for')
    .addOption(new Option('--kind <kind>', 'of a new principal (default service)').choices(PRINCIPAL_KINDS))
    .addOption(new Option('--role <role...>', 'of a new principal (repeatable)').choices(ROLES))
    .option('--expires <time>', 'RFC 3339 with offset, or epoch milliseconds')
    .option('--json', 'print the answer as JSON')
    .action(async (name: string, options: CreateOptions) => write(await create(await connect(process.env), name, options)));
  key
    .command('list')
    .description('list principals, their roles and their keys')
    .option('--json', 'print the list as JSON')
    .action(async (options: { readonly json?: true }) => {
      const { principals } = await (await connect(process.env)).call('GET', '/v1/principals', Principals);
      write(options.json ? `${JSON.stringify(principals, null, 2)}\n` : keyTable(principals));
    });
  key
    .command('revoke')
    .description('stop a key from opening anything, at once and for ever')
    .argument('<key>', 'id of the key, or the key itself')
    .action(async (text: string) => write(await revoke(await connect(process.env), text)));
};

const create = async (client: Client, name: string, options: CreateOptions): Promise<string> => {
  await ensurePrincipal(client, name, options);
  const expiresAt =
    options.expires === undefined ? {} : { expiresAt: /^-?\d+$/.test(options.expires) ? Number(options.expires) : options.expires };
  const issued = await client.call('POST', `/v1/principals/${encodeURIComponent(name)}/keys`, Issued, {
    label: options.label,
    ...expiresAt,
  });
  if (options.json) return `${JSON.stringify(issued, null, 2)}\n`;
  return `${issued.key}\nThis is shown once: send it as "Authorization: Bearer <key>". Key ${issued.keyId} of ${name}.\n`;
};

/** Roles of a principal that exists are not changed in passing: more power is given on purpose or not at all. */
const ensurePrincipal = async (client: Client, name: string, { kind, role }: CreateOptions): Promise<void> => {
  const { principals } = await client.call('GET', '/v1/principals', Principals);
  const known = principals.find((one) => one.name === name);
  if (known && (kind !== undefined || role !== undefined))
    throw new UsageError('PRINCIPAL_EXISTS', `${name} exists (${known.kind}; ${known.roles.join(', ')}); leave out --kind and --role`);
  if (known) return;
  if (role === undefined) throw new UsageError('ROLE', `${name} is new: say what it may do with --role`);
  await client.call('POST', '/v1/principals', Registered, { name, kind: kind ?? 'service', roles: role });
};

const revoke = async (client: Client, text: string): Promise<string> => {
  const keyId = /^dl_([a-z0-9]{16})_/.exec(text)?.[1] ?? text;
  const { keyId: revoked } = await client.call('DELETE', `/v1/keys/${encodeURIComponent(keyId)}`, Revoked);
  return `Key ${revoked} is revoked.\n`;
};

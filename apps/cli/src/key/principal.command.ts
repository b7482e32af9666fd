import { type Command, Argument } from 'commander';
import { ROLES } from '#libs/identity';
import { type Client, connect } from '../client.js';
import { Principals, RolesChanged } from './answers.js';

type Change = { readonly name: string; readonly roles: readonly string[]; readonly method: 'PUT' | 'DELETE' };

const DETAILS = `
A role counts for every key of the principal, and from the answer on. What each role may do is in the README; an installation keeps at
least one admin. Principals are made with their first key: driftledger key create.
Example: driftledger principal grant ada approver`;

/** `driftledger principal grant | revoke`. */
export const register = (program: Command): void => {
  const principal = program.command('principal').description('grant and revoke roles').addHelpText('after', DETAILS);
  const write = (text: string): void => (principal.configureOutput().writeOut ?? ((out: string) => void process.stdout.write(out)))(text);
  const add = (name: string, description: string, method: Change['method']): void => {
    principal
      .command(name)
      .description(description)
      .argument('<principal>', 'name of the principal')
      .addArgument(new Argument('<role...>', 'one or more roles').choices(ROLES))
      .action(async (who: string, roles: string[]) => write(await change(await connect(process.env), { name: who, roles, method })));
  };
  add('grant', 'give roles to a principal', 'PUT');
  add('revoke', 'take roles from a principal', 'DELETE');
};

/** Role by role: those before one that is refused stay as they were changed. */
const change = async (client: Client, { name, roles, method }: Change): Promise<string> => {
  for (const role of roles) await client.call(method, `/v1/principals/${encodeURIComponent(name)}/roles/${role}`, RolesChanged);
  const { principals } = await client.call('GET', '/v1/principals', Principals);
  const held = [...(principals.find((one) => one.name === name)?.roles ?? [])].sort();
  return held.length === 0 ? `${name} has no role.\n` : `${name} has: ${held.join(', ')}.\n`;
};

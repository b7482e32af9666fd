import { type Command } from 'commander';
import { z } from 'zod';
import { type Client, connect } from '../client.js';
import { UsageError } from '../usage-error.js';

type RegisterOptions = { readonly model?: string; readonly environment?: string; readonly strict?: true; readonly json?: true };

const DETAILS = `
A deployment is a model that serves. Predictions can be sent to it once it is registered. The command talks to the running server:
DRIFTLEDGER_URL (default http://127.0.0.1:4000), with DRIFTLEDGER_KEY or the key in <data>/admin.key.
Example: driftledger deployment register flights --model delay`;

const REGISTER = `mutation ($input: RegisterDeploymentInput!) {
  registerDeployment(input: $input) {
    __typename
    ... on Refusal { code message }
    ... on DeploymentPayload { position }
  }
}`;

const Registered = z.object({
  registerDeployment: z.union([z.object({ position: z.string() }), z.object({ code: z.string(), message: z.string() })]),
});

/** `driftledger deployment register`. */
export const register = (program: Command): void => {
  const deployment = program.command('deployment').description('register deployments').addHelpText('after', DETAILS);
  const write = (text: string): void => (deployment.configureOutput().writeOut ?? ((out: string) => void process.stdout.write(out)))(text);
  deployment
    .command('register')
    .description('register a deployment, so that predictions can be sent to it')
    .argument('<name>', 'a-z 0-9 . _ -, starting with a letter or digit, 64 at most; never changes')
    .option('--model <name>', 'the model behind it')
    .option('--environment <name>', 'the environment it serves in')
    .option('--strict', 'refuse records with mistyped or unknown values instead of marking them')
    .option('--json', 'print the answer as JSON')
    .action(async (name: string, options: RegisterOptions) => write(await registerDeployment(await connect(process.env), name, options)));
};

/** @throws UsageError when the server refuses the name or its settings */
const registerDeployment = async (client: Client, name: string, { json, ...about }: RegisterOptions): Promise<string> => {
  const { registerDeployment: answer } = await client.graphql(REGISTER, Registered, { input: { name, ...about } });
  if ('code' in answer) throw new UsageError(answer.code, answer.message);
  if (json) return `${JSON.stringify({ name, position: answer.position }, null, 2)}\n`;
  return `${name} is registered. Send predictions to /v1/deployments/${name}/predictions.\n`;
};

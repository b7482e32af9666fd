import { z } from 'zod';
import { type Client, ServerError } from '../client.js';

const Refused = { code: z.string().optional(), message: z.string().optional() };
const Registered = z.object({ registerDeployment: z.object({ ...Refused, position: z.string().optional() }) });
const Payload = z.object({ ...Refused, position: z.string().nullish(), monitor: z.object({ id: z.string() }).nullish() });
const Created = z.object({ createMonitor: Payload });
const Restated = z.object({ restateMeasurements: Payload });

const REGISTER = `mutation DemoRegister($input: RegisterDeploymentInput!) {
  registerDeployment(input: $input) { ... on Refusal { code message } ... on DeploymentPayload { position } }
}`;
const MONITOR = '... on Refusal { code message } ... on MonitorPayload { position monitor { id } }';
const CREATE = `mutation DemoMonitor($input: CreateMonitorInput!) { createMonitor(input: $input) { ${MONITOR} } }`;
const RESTATE = `mutation DemoRestate($input: MonitorInput!) { restateMeasurements(input: $input) { ${MONITOR} } }`;
const LIST = `query DemoMonitors($deployment: String!) { monitors(deployment: $deployment, first: 1) { nodes { id } } }`;
const Monitors = z.object({ monitors: z.object({ nodes: z.array(z.object({ id: z.string() })) }) });

const accepted = <T extends { readonly code?: string | undefined; readonly message?: string | undefined }>(answer: T): T => {
  if (answer.code !== undefined) throw new ServerError(answer.code, answer.message ?? answer.code);
  return answer;
};

/** Registers the deployment that the flights are sent to. @throws ServerError */
export const registerDeployment = async (client: Client, name: string, model: string): Promise<void> => {
  const { registerDeployment: answer } = await client.graphql(REGISTER, Registered, { input: { name, model } });
  accepted(answer);
};

/** Makes a monitor from nothing but the name of its deployment, so that it has the defaults; answers its id. @throws ServerError */
export const createMonitor = async (client: Client, deployment: string): Promise<string> => {
  const { createMonitor: answer } = await client.graphql(CREATE, Created, { input: { deployment } });
  const { monitor } = accepted(answer);
  if (monitor) return monitor.id;
  const { monitors } = await client.graphql(LIST, Monitors, { deployment });
  const [first] = monitors.nodes;
  if (first === undefined) throw new ServerError('UNREADABLE', `the monitor of ${deployment} was made and cannot be read`);
  return first.id;
};

/** Asks to measure again what has new rows or labels. @throws ServerError */
export const restateMeasurements = async (client: Client, monitor: string): Promise<void> => {
  const { restateMeasurements: answer } = await client.graphql(RESTATE, Restated, { input: { monitor } });
  accepted(answer);
};

import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Command } from 'commander';
import { register } from './deployment.command.js';

type Asked = { readonly authorization: string | undefined; readonly variables: unknown };

/** A server that answers every request with one GraphQL answer, and what it was asked. */
const serverWith = async (data: unknown): Promise<{ server: Server; asked: Asked[] }> => {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      asked.push({ authorization: request.headers.authorization, variables: Reflect.get(Object(body), 'variables') });
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, asked };
};

const runAgainst = async (data: unknown, ...argv: string[]): Promise<{ printed: string; asked: Asked[] }> => {
  const { server, asked } = await serverWith(data);
  const { port } = server.address() as AddressInfo;
  process.env['DRIFTLEDGER_URL'] = `http://127.0.0.1:${port}`;
  process.env['DRIFTLEDGER_KEY'] = 'dl_id_secret';
  let printed = '';
  const program = new Command().exitOverride().configureOutput({ writeOut: (text) => void (printed += text) });
  register(program);
  try {
    await program.parseAsync(['deployment', ...argv], { from: 'user' });
    return { printed, asked };
  } finally {
    delete process.env['DRIFTLEDGER_URL'];
    delete process.env['DRIFTLEDGER_KEY'];
    server.closeAllConnections();
    server.close();
  }
};
const accepted = { registerDeployment: { __typename: 'DeploymentPayload', position: '12' } };

describe('driftledger deployment register', () => {
  it('asks the server with the key, and says where predictions go', async () => {
    const { printed, asked } = await runAgainst(accepted, 'register', 'flights', '--model', 'delay', '--strict');
    expect(asked).toEqual([
      { authorization: 'Bearer dl_id_secret', variables: { input: { name: 'flights', model: 'delay', strict: true } } },
    ]);
    expect(printed).toContain('/v1/deployments/flights/predictions');
  });

  it('prints the position as JSON when asked to', async () => {
    const { printed } = await runAgainst(accepted, 'register', 'flights', '--json');
    expect(JSON.parse(printed)).toEqual({ name: 'flights', position: '12' });
  });

  it('fails with the reason of a refusal', async () => {
    const refused = {
      registerDeployment: { __typename: 'DeploymentExists', code: 'DEPLOYMENT_EXISTS', message: 'flights is registered already' },
    };
    await expect(runAgainst(refused, 'register', 'flights')).rejects.toThrow('flights is registered already');
  });
});

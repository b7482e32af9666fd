import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StandaloneProcess } from '../support/standalone-process.js';

describe('a query with X-Read-After', () => {
  const data = mkdtempSync(join(tmpdir(), 'read-after-'));
  let standalone: StandaloneProcess;
  beforeAll(async () => {
    standalone = await StandaloneProcess.start(data);
  });
  afterAll(async () => {
    await standalone.stop();
    rmSync(data, { recursive: true, force: true });
  });

  const ask = (query: string, position: string): Promise<Response> =>
    standalone.post('/graphql', JSON.stringify({ query }), { 'content-type': 'application/json', 'x-read-after': position });
  const send = async (id: string): Promise<string> => {
    const response = await standalone.post('/v1/deployments/fresh/predictions', JSON.stringify({ id, features: { x: 1 } }));
    return ((await response.json()) as { position: string }).position;
  };

  it('shows what was written at the position, in every part of the read model, each of thirty times', async () => {
    for (let round = 0; round < 30; round += 1) {
      const query = `{ prediction(deployment: "fresh", id: "p${round}") { id } auditTrail(first: 1, filter: { class: INTAKE }) { nodes { position } } }`;
      const position = await send(`p${round}`);
      const response = await ask(query, position);
      expect(await response.json()).toEqual({ data: { prediction: { id: `p${round}` }, auditTrail: { nodes: [{ position }] } } });
    }
  });

  it('that asks for what is not there yet is told what has not passed it, and when to ask again', async () => {
    const response = await ask('{ deployments { nodes { name } } }', '1000000');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await response.json()).toMatchObject({
      errors: [{ message: expect.stringMatching(/^[a-z]+\.v\d+ has not passed/), extensions: { code: 'UNAVAILABLE' } }],
    });
  });

  it('leaves in the trail who looked at single predictions, apart from the rest', async () => {
    const position = await send('last');
    const trail = (filter: string) =>
      ask(`{ auditTrail(first: 200, filter: {${filter}}) { nodes { class type summary route: source { route } } } }`, position);
    const reads = await (await trail('class: READ')).json();
    expect(reads).toMatchObject({
      data: {
        auditTrail: {
          nodes: expect.arrayContaining([
            {
              class: 'READ',
              type: 'SensitiveDataRead',
              summary: 'GRAPHQL Query.prediction read 1 time',
              route: { route: 'GRAPHQL Query.prediction' },
            },
          ]),
        },
      },
    });
    expect(await (await trail('')).text()).not.toContain('SensitiveDataRead');
  });
});

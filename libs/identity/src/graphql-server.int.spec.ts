import { request } from 'node:http';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { EdgeError, type GraphqlContext, GraphqlServerModule, Requires, viewerOf } from '#libs/graphql-kit';
import { enrol, guardedApp } from '../../../test/support/guarded-app.js';
import { principalIdOf } from './events.js';
import { IdentityGraphqlModule } from './graphql.module.js';
import { RouteAccess } from './http/route-access.js';
import { SignInLinks } from './sign-in-links.js';

@Resolver()
class WhoResolver {
  @Query('who')
  @Requires('read')
  who(@Context() context: GraphqlContext): string {
    return viewerOf(context).principalId;
  }

  @Query('picky')
  @Requires('read')
  picky(): never {
    throw new EdgeError('BAD_USER_INPUT', 'first lies between 1 and 200');
  }
}

@Resolver()
class RouteResolver {
  @Mutation('tellRoute')
  @Requires('read')
  tellRoute(@Context() context: GraphqlContext): string | undefined {
    return viewerOf(context).commandMeta().source.route;
  }
}

@Module({ providers: [WhoResolver, RouteResolver] })
class WhoModule {}

let app: NestFastifyApplication;
let base: string;
let eve: string;
let pia: string;

beforeAll(async () => {
  const server = GraphqlServerModule.forRoot({
    access: [IdentityGraphqlModule],
    typePaths: [join(process.cwd(), 'libs/graphql-kit/src/*.graphql')],
    typeDefs: 'extend type Query { who: String picky: String! } type Mutation { tellRoute: String! }',
  });
  const foreignRoutes = { '/graphql': RouteAccess.open(), '/graphiql': RouteAccess.open() };
  app = await guardedApp({ imports: [server, WhoModule], foreignRoutes });
  await app.listen(0, '127.0.0.1');
  base = await app.getUrl();
  eve = await enrol(app, 'eve', 'engineer');
  pia = await enrol(app, 'pia', 'producer');
});
afterAll(() => app.close());

const ask = async (headers: Record<string, string>, query = '{ who }') => {
  const response = await fetch(`${base}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, body: await response.text() };
};

/** The status of an answer to headers that fetch would not send. */
const askRaw = (headers: Record<string, string>, query: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const sent = request(`${base}/graphql`, { method: 'POST', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    sent.on('error', reject).end(JSON.stringify({ query }));
  });

const askOverSocket = async (connectionParams: Record<string, unknown>): Promise<unknown> => {
  const client = createClient({
    url: `${base.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams,
    retryAttempts: 0,
  });
  try {
    for await (const result of client.iterate({ query: '{ who }' })) return result.data ?? result.errors;
    return undefined;
  } finally {
    await client.dispose();
  }
};

describe('GraphQL behind the guard', () => {
  it('answers a key, and nobody without one', async () => {
    expect(await ask({ authorization: `Bearer ${eve}` })).toMatchObject({
      status: 200,
      body: expect.stringContaining(principalIdOf('eve')),
    });
    expect((await ask({})).status).toBe(401);
    expect((await ask({ authorization: 'Bearer nonsense' })).status).toBe(401);
  });
  it('tells a caller what is wrong with its arguments', async () => {
    expect(await ask({ authorization: `Bearer ${eve}` }, '{ picky }')).toMatchObject({
      status: 400,
      body: expect.stringMatching(/first lies between 1 and 200.*BAD_USER_INPUT/),
    });
  });
  it('asks who somebody is before it says anything, whatever the headers claim', async () => {
    for (const headers of [{ accept: '*/*' }, { upgrade: 'websocket' }, { upgrade: 'foo' }]) {
      const answer = await askRaw({ ...headers, 'content-type': 'application/json' }, '{ __schema { types { name } } }');
      expect({ headers, status: answer }).toEqual({ headers, status: 401 });
    }
  });
  it('refuses a field that the roles do not permit', async () => {
    expect((await ask({ authorization: `Bearer ${pia}` })).body).toContain('FORBIDDEN');
  });
  it('answers a browser session only on our own page', async () => {
    const signedIn = await fetch(`${base}${app.get(SignInLinks).issue(principalIdOf('eve'))}`, { redirect: 'manual' });
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await ask({ cookie, origin: base })).body).toContain(principalIdOf('eve'));
    expect((await ask({ cookie, origin: 'https://evil.example' })).status).toBe(403);
    expect((await ask({ cookie })).status).toBe(403);
  });
  it('gives a command the field it came by, and tells what of its headers cannot be read', async () => {
    const command = 'mutation anything { mine: tellRoute }';
    expect((await ask({ authorization: `Bearer ${eve}` }, command)).body).toBe('{"data":{"mine":"GRAPHQL Mutation.tellRoute"}}');
    expect(await ask({ authorization: `Bearer ${eve}`, 'x-claimed-at': 'yesterday' }, command)).toMatchObject({
      status: 400,
      body: expect.stringMatching(/X-Claimed-At.*BAD_USER_INPUT/),
    });
  });
  it('serves the page of GraphiQL to everybody', async () => {
    expect((await fetch(`${base}/graphiql`)).status).toBe(200);
  });
  it('admits a socket by its first message, and closes one that shows nothing', async () => {
    await expect(askOverSocket({})).rejects.toMatchObject({ code: 4403 });
    const answer = await askOverSocket({ authorization: `Bearer ${eve}` }).catch((error: unknown) => error);
    expect(answer).not.toMatchObject({ code: 4403 });
  });
});

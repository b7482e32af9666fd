import { EventEmitter, once } from 'node:events';
import { request } from 'node:http';
import { Injectable, Module } from '@nestjs/common';
import { Args, Context, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { WebSocket } from 'ws';
import { ClickHouseError } from '#libs/clickhouse';
import { type Outcome } from '#libs/event-store';
import { type Position, type Uuid, positionOf, uuid } from '#libs/kernel';
import { GraphqlClient } from '../../../test/support/graphql-client.js';
import { type Admission, type EdgeRequest, GraphqlAccess, type Viewer } from './access.js';
import { connectionOf, pageOf } from './connection.js';
import { type GraphqlContext, viewerOf } from './context.js';
import { ChangeSignal, type FeedSource, followFeed } from './feed.js';
import { globalId } from './global-id.js';
import { GraphqlKitModule } from './kit.module.js';
import { NodeRegistry } from './node-registry.js';
import { ReadProgress } from './read-after.js';
import { resultOf } from './refusals.js';
import { Requires } from './requires.js';
import { GraphqlServerModule } from './server.module.js';
import { fieldOf } from './subscription-field.js';
import { libTypePaths } from './type-paths.js';

const READER = uuid('00000000-0000-4000-8000-000000000001');
const STRANGER = uuid('00000000-0000-4000-8000-000000000002');
const DOG = uuid('00000000-0000-4000-8000-0000000000d0');

const SDL = `
type Dog implements Node { id: ID! name: String! position: EventPosition! friends(first: Int): DogConnection! }
type DogEdge { node: Dog! cursor: String! }
type DogConnection { edges: [DogEdge!]! nodes: [Dog!]! pageInfo: PageInfo! }
type RenameDogPayload { position: EventPosition! }
type DogAsleep implements Refusal { code: String! message: String! }
union RenameDogResult = RenameDogPayload | DogAsleep
extend type Query { dogs(first: Int, after: String): DogConnection! secret: String broken: String busy: String! }
type Mutation { renameDog(name: String!): RenameDogResult! }
type Subscription { dogSeen(after: EventPosition, name: String): Dog! dogBroken: Dog! }
`;

type Dog = { readonly id: string; readonly name: string; readonly position: Position };
const aDog = (at: number): Dog => ({ id: globalId('Dog', DOG), name: `dog ${at}`, position: positionOf(BigInt(at)) });

/** A list that grows at its end, as a projection does. */
@Injectable()
class Kennel implements FeedSource<Dog> {
  readonly changed = new ChangeSignal();
  readonly denied: string[] = [];
  readonly read: string[] = [];
  current = true;
  private readonly dogs: Dog[] = [];

  arrive(count: number): void {
    for (let left = count; left > 0; left -= 1) this.dogs.push(aDog(this.dogs.length + 1));
    this.changed.fire();
  }

  async readFrom(after: Position | undefined, limit: number): Promise<readonly Dog[]> {
    const from = Number(after?.commit ?? 0n);
    return this.dogs.slice(from, from + limit);
  }

  async head(): Promise<Position | undefined> {
    return this.dogs.at(-1)?.position;
  }
}

@Resolver()
class KennelResolver {
  constructor(
    private readonly kennel: Kennel,
    nodes: NodeRegistry,
  ) {
    nodes.register('Dog', {
      action: 'dogs.read',
      sensitive: true,
      read: async (ids: readonly Uuid[]) => ids.map((id) => (id === DOG ? aDog(7) : undefined)),
    });
  }

  @Query('dogs')
  @Requires('dogs.read', { sensitive: true })
  async dogs(@Args() args: { first?: number; after?: string }) {
    const page = pageOf(args);
    const rows = await this.kennel.readFrom(page.after?.position, page.limit + 1);
    return connectionOf(
      page,
      rows,
      ({ position }) => ({ position }),
      (dog) => dog,
    );
  }

  @Query('secret')
  @Requires('secrets.read')
  secret() {
    return 'never shown';
  }

  @Query('broken')
  @Requires('read')
  broken() {
    throw new Error('password is hunter2');
  }

  @Query('busy')
  @Requires('read')
  busy() {
    throw new ClickHouseError('Dogs: too many', '202', 'TOO_MANY_SIMULTANEOUS_QUERIES', true);
  }

  @Mutation('renameDog')
  @Requires('dogs.write')
  renameDog(@Args('name') name: string, @Context() context: GraphqlContext) {
    const outcome: Outcome<'DOG_ASLEEP'> =
      name === 'Rex'
        ? { kind: 'accepted', receipt: { stream: `dog-${viewerOf(context).principalId}`, revision: 0n, position: positionOf(9n) } }
        : { kind: 'refused', refusal: { code: 'DOG_ASLEEP', detail: 'the dog is asleep' } };
    return resultOf(outcome, ({ position }) => ({ __typename: 'RenameDogPayload', position }), { DOG_ASLEEP: 'DogAsleep' });
  }

  @Subscription('dogSeen')
  @Requires('dogs.read')
  async dogSeen(@Args() { after, name }: { after?: Position; name?: string }) {
    const feed = await followFeed(this.kennel, {
      ...(after ? { after } : {}),
      matches: (dog) => name === undefined || dog.name === name,
      behindMax: 100,
      graceMs: 200,
    });
    return fieldOf('dogSeen', feed, (dog) => dog);
  }

  @Subscription('dogBroken')
  @Requires('dogs.read')
  dogBroken() {
    throw new Error('password is hunter2');
  }
}

@Injectable()
class TestAccess extends GraphqlAccess {
  constructor(private readonly kennel: Kennel) {
    super();
  }
  async admit(request: EdgeRequest): Promise<Admission> {
    return this.by(request.headers.authorization);
  }
  async admitConnection(request: EdgeRequest, params: Readonly<Record<string, unknown>>): Promise<Admission> {
    return this.by(request.headers.authorization ?? String(params['authorization']));
  }
  isCurrent(): boolean {
    return this.kennel.current;
  }
  knows(action: string): boolean {
    return ['read', 'dogs.read', 'dogs.write', 'secrets.read'].includes(action);
  }
  permits(viewer: Viewer, action: string): boolean {
    return viewer.principalId === READER ? action !== 'secrets.read' : action === 'read';
  }
  async recordDenied(_viewer: Viewer, action: string, field: string): Promise<void> {
    this.kennel.denied.push(`${field} ${action}`);
  }
  recordRead(_viewer: Viewer, field: string, args: object): void {
    this.kennel.read.push(`${field} ${JSON.stringify(args)}`);
  }
  private by(key: string | undefined): Admission {
    const principalId = key === 'Bearer reader' ? READER : key === 'Bearer stranger' ? STRANGER : undefined;
    if (!principalId) return { kind: 'refused', status: 401, code: 'UNKNOWN_KEY', detail: 'the key is not known' };
    return {
      kind: 'admitted',
      viewer: {
        principalId,
        commandMeta: () => {
          throw new Error('no commands here');
        },
      },
    };
  }
}

@Injectable()
class HundredPositions extends ReadProgress {
  async lagging({ commit }: Position): Promise<string | undefined> {
    return commit > 100n ? 'dogs.v1' : undefined;
  }
}

@Module({
  providers: [Kennel, { provide: GraphqlAccess, useClass: TestAccess }, { provide: ReadProgress, useClass: HundredPositions }],
  exports: [Kennel, GraphqlAccess, ReadProgress],
})
class KennelModule {}

@Module({ imports: [GraphqlKitModule, KennelModule], providers: [KennelResolver] })
class KennelGraphqlModule {}

const kitOnly = libTypePaths().map((path) => path.replace('*/src', 'graphql-kit/src'));

@Module({
  imports: [
    KennelGraphqlModule,
    GraphqlServerModule.forRoot({
      access: [KennelModule],
      typePaths: kitOnly,
      typeDefs: SDL,
      initTimeoutMs: 300,
      limits: { costMax: 3_000 },
    }),
  ],
})
class TestApp {}

describe('the GraphQL edge', () => {
  let app: NestFastifyApplication;
  let url: string;
  let reader: GraphqlClient;
  let kennel: Kennel;

  beforeAll(async () => {
    const testing = await Test.createTestingModule({ imports: [TestApp] }).compile();
    app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
    reader = new GraphqlClient(url, { authorization: 'Bearer reader' });
    kennel = app.get(Kennel, { strict: false });
    kennel.arrive(10);
  });

  afterAll(async () => {
    await app.close();
  });

  describe('admission', () => {
    it('answers 401 to a request without a key, whatever it asks', async () => {
      const answer = await new GraphqlClient(url).ask('{ __schema { queryType { name } } }');
      expect([answer.status, answer.errors[0]?.extensions?.code]).toEqual([401, 'UNAUTHENTICATED']);
    });

    it('answers 401 as well to a request that only claims to become a WebSocket', async () => {
      const status = await new Promise((resolve, reject) => {
        const headers = { upgrade: 'websocket', 'content-type': 'application/json' };
        const sent = request(`${url}/graphql`, { method: 'POST', headers }, (answer) => resolve(answer.resume().statusCode));
        sent.on('error', reject).end('{"query":"{ __schema { queryType { name } } }"}');
      });
      expect(status).toBe(401);
    });

    it('refuses and records a field the viewer has no permission for', async () => {
      const answer = await new GraphqlClient(url, { authorization: 'Bearer stranger' }).ask('{ secret }');
      expect(answer.errors[0]?.extensions?.code).toBe('FORBIDDEN');
      expect(kennel.denied).toContain('Query.secret secrets.read');
    });

    it('records what is read of a sensitive field or kind, and nothing of what is denied', async () => {
      kennel.read.length = 0;
      await reader.ask('{ dogs(first: 2) { nodes { name } } }');
      await reader.ask('query($id: ID!) { node(id: $id) { id } }', { id: globalId('Dog', DOG) });
      await new GraphqlClient(url, { authorization: 'Bearer stranger' }).ask('{ dogs { nodes { name } } }');
      expect(kennel.read).toEqual(['Query.dogs {"first":2}', `Query.node ${JSON.stringify({ id: globalId('Dog', DOG) })}`]);
    });

    it('refuses a simple cross-site request', async () => {
      const answer = await reader.post('query={__typename}', { 'content-type': 'text/plain' });
      expect([answer.status, answer.errors[0]?.extensions?.code]).toEqual([400, 'MALFORMED']);
    });

    it('refuses a command sent by GET, as what it is', async () => {
      const query = encodeURIComponent('mutation { renameDog(name: "Rex") { __typename } }');
      const answer = await fetch(`${url}/graphql?query=${query}`, {
        headers: { authorization: 'Bearer reader', 'mercurius-require-preflight': '1' },
      });
      expect([answer.status, await answer.text()]).toEqual([405, expect.stringContaining('MALFORMED')]);
    });

    it('refuses a batch of queries', async () => {
      const answer = await reader.post(JSON.stringify([{ query: '{ __typename }' }]));
      expect(answer.status).toBe(400);
    });

    it('closes a WebSocket whose connection_init brings no key', async () => {
      const feed = new GraphqlClient(url).follow('subscription { dogSeen { name } }', {}, { authorization: 'Bearer nobody' });
      expect((await feed.closed).code).toBe(4403);
      expect(feed.received).toEqual([]);
    });

    it('refuses the upgrade of a page from another origin', async () => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { origin: 'https://elsewhere.example' });
      const [error]: unknown[] = await once(socket, 'error');
      expect(String(error)).toContain('403');
    });

    it('drops a WebSocket that does not say who it is', async () => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
      const [code]: unknown[] = await once(socket as EventEmitter, 'close');
      expect(code).toBe(1006);
    });
  });

  describe('answers', () => {
    it('pages through a list that grows meanwhile without a gap or a repetition', async () => {
      type Page = { dogs: { nodes: { name: string }[]; pageInfo: { endCursor: string; hasNextPage: boolean } } };
      const query = 'query($after: String) { dogs(first: 4, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } } }';
      const first = await reader.ask<Page>(query);
      kennel.arrive(1);
      const second = await reader.ask<Page>(query, { after: first.data.dogs.pageInfo.endCursor });
      const names = [...first.data.dogs.nodes, ...second.data.dogs.nodes].map(({ name }) => name);
      expect(names).toEqual(['dog 1', 'dog 2', 'dog 3', 'dog 4', 'dog 5', 'dog 6', 'dog 7', 'dog 8']);
      expect(second.data.dogs.pageInfo.hasNextPage).toBe(true);
    });

    it('after a position as soon as it can be read, else 503 with the name of what is behind', async () => {
      const askAfter = (position: string): Promise<Response> => {
        const headers = { authorization: 'Bearer reader', 'content-type': 'application/json', 'x-read-after': position };
        return fetch(`${url}/graphql`, { method: 'POST', headers, body: '{"query":"{ dogs(first: 1) { nodes { name } } }"}' });
      };
      const [soon, late, never] = await Promise.all([askAfter('100'), askAfter('101'), askAfter('yesterday')]);
      expect([soon.status, late.status, late.headers.get('retry-after'), never.status]).toEqual([200, 503, '1', 400]);
      expect(await late.json()).toMatchObject({
        errors: [{ message: expect.stringContaining('dogs.v1'), extensions: { code: 'UNAVAILABLE' } }],
      });
    });

    it('finds a node by its global id, typed, also once the query is compiled', async () => {
      const query = `{ node(id: "${globalId('Dog', DOG)}") { __typename id ... on Dog { name position } } }`;
      for (let round = 0; round < 3; round += 1) {
        const answer = await reader.ask(query);
        expect(answer.data).toEqual({ node: { __typename: 'Dog', id: globalId('Dog', DOG), name: 'dog 7', position: '7' } });
      }
    });

    it('gives no node of a kind the viewer may not read', async () => {
      const answer = await new GraphqlClient(url, { authorization: 'Bearer stranger' }).ask(
        `{ node(id: "${globalId('Dog', DOG)}") { id } }`,
      );
      expect(answer.data).toEqual({ node: null });
    });

    it('answers a refused command with a type of its union', async () => {
      const query =
        'mutation($name: String!) { renameDog(name: $name) { __typename ... on Refusal { code message } ... on RenameDogPayload { position } } }';
      expect((await reader.ask(query, { name: 'Rex' })).data).toEqual({ renameDog: { __typename: 'RenameDogPayload', position: '9' } });
      expect((await reader.ask(query, { name: 'Ada' })).data).toEqual({
        renameDog: { __typename: 'DogAsleep', code: 'DOG_ASLEEP', message: 'the dog is asleep' },
      });
    });

    it('answers the operation that is named, also once another one of the document is compiled', async () => {
      const query = 'query a { x: __typename } query b { y: __typename } mutation c { renameDog(name: "Rex") { __typename } }';
      const ask = async (operationName: string) => {
        const answer = await reader.post(JSON.stringify({ query, operationName }));
        return Object.keys(answer.data).join();
      };
      for (let round = 0; round < 3; round += 1) expect([await ask('a'), await ask('b'), await ask('c')]).toEqual(['x', 'y', 'renameDog']);
    });

    it('serves subscriptions over sockets only', async () => {
      const answer = await reader.ask('subscription { dogSeen { name } }');
      expect([answer.status, answer.errors[0]?.extensions?.code]).toEqual([400, 'BAD_USER_INPUT']);
    });

    it('keeps the message of a bug to itself', async () => {
      for (let round = 0; round < 3; round += 1) {
        const answer = await reader.ask('{ broken }');
        expect([answer.status, answer.errors]).toEqual([
          200,
          [{ message: 'internal error', path: ['broken'], extensions: { code: 'INTERNAL' } }],
        ]);
      }
    });

    it('says when to come again where the read model has too much to do', async () => {
      const headers = { authorization: 'Bearer reader', 'content-type': 'application/json' };
      const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query: '{ busy }' }) });
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await response.text()).toContain('"code":"UNAVAILABLE"');
    });

    it('tells what is malformed and where', async () => {
      const syntax = await reader.ask('{ dogs(');
      const field = await reader.ask('{ cats { name } }');
      expect([syntax.status, syntax.errors[0]?.extensions?.code]).toEqual([400, 'MALFORMED']);
      expect(field.errors[0]?.message).toContain('cats');
      const cursor = await reader.ask('{ dogs(after: "nonsense!") { nodes { name } } }');
      expect(cursor.errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    });
  });

  describe('limits', () => {
    const nested = (levels: number): string => (levels === 0 ? 'name' : `friends(first: 1) { nodes { ${nested(levels - 1)} } }`);

    it('refuses a query that is too deep', async () => {
      const answer = await reader.ask(`{ dogs(first: 1) { nodes { ${nested(5)} } } }`);
      expect([answer.status, answer.errors[0]?.extensions?.code]).toEqual([400, 'TOO_DEEP']);
    });

    it('does not count the introspection of an editor as depth', async () => {
      const { getIntrospectionQuery } = await import('graphql');
      const answer = await reader.ask(getIntrospectionQuery());
      expect([answer.status, answer.errors]).toEqual([200, []]);
    });

    it('refuses a query whose page sizes, given by variables, multiply to too much', async () => {
      const query = 'query($n: Int) { dogs(first: $n) { nodes { friends(first: $n) { nodes { name } } } } }';
      const answer = await reader.ask(query, { n: 200 });
      expect([answer.status, answer.errors[0]?.extensions?.code]).toEqual([400, 'TOO_COSTLY']);
    });

    it('refuses a page that is too large', async () => {
      const answer = await reader.ask('{ dogs(first: 201) { pageInfo { hasNextPage } } }');
      expect(answer.errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    });

    it('refuses a document of too many tokens and a body of too many bytes', async () => {
      expect((await reader.ask(`{ ${'__typename '.repeat(3_000)} }`)).errors[0]?.message).toContain('tokens');
      expect((await reader.ask(`# ${'x'.repeat(300_000)}`)).status).toBe(413);
    });

    it('holds a subscription to the same limits', async () => {
      const deep = reader.follow(`subscription { dogSeen { ${nested(6)} } }`);
      await expect(deep.count(1)).rejects.toThrow('levels deep');
      const unknown = reader.follow('subscription { dogSeen { wings } }');
      await expect(unknown.count(1)).rejects.toThrow('wings');
      await Promise.all([deep.stop(), unknown.stop()]);
    });
  });

  describe('subscriptions', () => {
    const query = 'subscription($after: EventPosition, $name: String) { dogSeen(after: $after, name: $name) { name position } }';
    type Seen = { dogSeen: { name: string; position: string } };

    it('resumes after a position and goes on with what comes, in order', async () => {
      const feed = reader.follow<Seen>(query, { after: '3' });
      const before = await feed.count(8);
      kennel.arrive(2);
      const all = await feed.count(10);
      expect(before[0]?.dogSeen.position).toBe('4');
      expect(all.map(({ dogSeen }) => Number(dogSeen.position))).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
      await feed.stop();
    });

    it('may declare that its variable is needed', async () => {
      const feed = reader.follow<Seen>(query.replace('EventPosition', 'EventPosition!'), { after: '3' });
      expect((await feed.count(1))[0]?.dogSeen.position).toBe('4');
      await feed.stop();
    });

    it('sends only what matches', async () => {
      const feed = reader.follow<Seen>(query, { after: '0', name: 'dog 5' });
      expect((await feed.count(1)).map(({ dogSeen }) => dogSeen.name)).toEqual(['dog 5']);
      await feed.stop();
    });

    it('masks an error of the resolver and refuses without permission', async () => {
      const broken = reader.follow('subscription { dogBroken { name } }');
      await expect(broken.count(1)).rejects.toThrow('internal error');
      const stranger = new GraphqlClient(url, { authorization: 'Bearer stranger' }).follow(query);
      await expect(stranger.count(1)).rejects.toThrow('permission');
      await Promise.all([broken.stop(), stranger.stop()]);
    });

    it('closes a client that stays too far behind with 4408', async () => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
      await once(socket as EventEmitter, 'open');
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer reader' } }));
      await once(socket as EventEmitter, 'message');
      const alias = Array.from({ length: 300 }, (_, index) => `n${index}: name`).join(' ');
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: `subscription { dogSeen { ${alias} } }` } }));
      socket.pause();
      for (let round = 0; round < 40; round += 1) {
        kennel.arrive(100);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      socket.resume();
      const [code]: unknown[] = await once(socket as EventEmitter, 'close');
      expect(code).toBe(4408);
    });

    it('closes a socket that asks before it says who it is with 4401, and one that speaks something else with 4400', async () => {
      const codeAfter = async (...frames: (string | Buffer)[]): Promise<unknown> => {
        const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
        await once(socket as EventEmitter, 'open');
        for (const frame of frames) socket.send(frame);
        const [code]: unknown[] = await once(socket as EventEmitter, 'close');
        return code;
      };
      const init = JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer reader' } });
      const ask = JSON.stringify({ id: '1', type: 'subscribe', payload: { query } });
      expect(await codeAfter(ask)).toBe(4401);
      expect(await codeAfter(init, ask, ask)).toBe(4409);
      expect(await codeAfter(init, 'null')).toBe(4400);
      expect(await codeAfter(Buffer.from(init))).toBe(4400);
    });

    it('frees what failed: a thousand subscriptions that are refused do not use up a connection', async () => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
      await once(socket as EventEmitter, 'open');
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer reader' } }));
      await once(socket as EventEmitter, 'message');
      const answers: string[] = [];
      socket.on('message', (data: Buffer) => answers.push(data.toString()));
      for (let id = 0; id < 1_000; id += 1) {
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: 'subscription { dogBroken { name } }' } }));
        await once(socket as EventEmitter, 'message');
      }
      expect(new Set(answers).size).toBe(1);
      expect(answers[0]).toContain('internal error');
      socket.close();
    });

    it('refuses a socket of another protocol', async () => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-ws');
      const [error]: unknown[] = await once(socket as EventEmitter, 'error');
      expect(String(error)).toContain('400');
    });

    it('closes the connection of a viewer whose key was revoked', async () => {
      const feed = reader.follow<Seen>(query, { after: '0' });
      await feed.count(1);
      kennel.current = false;
      kennel.arrive(1);
      expect((await feed.closed).code).toBe(4403);
      kennel.current = true;
    });
  });

  describe('GraphiQL', () => {
    it('loads without a key, from our origin alone, and holds no data', async () => {
      const page = await fetch(`${url}/graphiql`);
      const html = await page.text();
      const policy = page.headers.get('content-security-policy') ?? '';
      expect(page.status).toBe(200);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("connect-src 'self'");
      expect(policy).not.toMatch(/https?:/);
      expect([...html.matchAll(/<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)\s*=\s*["']?(?:https?:)?\/\//g)]).toEqual([]);
      expect(html).not.toMatch(/unpkg|jsdelivr|cdnjs|googleapis/);
      expect(html).not.toContain('dog 1');
    });
  });
});

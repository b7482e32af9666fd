import { Body, Controller, Get, Post, Req, type Type } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ClickHouseError } from '#libs/clickhouse';
import { EventCodec } from '#libs/event-store';
import { InMemoryEventStore } from '#libs/event-store/memory';
import { Clock, type CommandMeta, type DomainEvent, type Instant, type Recorded, instant } from '#libs/kernel';
import { CorrelationContext, Readiness } from '#libs/observability';
import { enrol as enrolled, execute, guardedApp } from '../../../../test/support/guarded-app.js';
import { AccessLog } from '../access-log.js';
import { GrantRoles } from '../commands.js';
import { IDENTITY_EVENTS, type Role, UNAUTHENTICATED_STREAM, accessStream, principalIdOf, principalStream } from '../events.js';
import { formatApiKey, newApiKey } from '../keys.js';
import { processMeta } from '../process-meta.js';
import { SESSIONS_MAX, Sessions } from '../sessions.js';
import { SignInLinks } from '../sign-in-links.js';
import { commandMetaOf } from './command-meta.js';
import { type EdgeRequest } from './edge.js';
import { Problem } from './problem.js';
import { Open, Requires, RouteAccess } from './route-access.js';

class HandClock extends Clock {
  at = Date.UTC(2026, 10, 23, 12, 0, 0);
  now(): Instant {
    return instant(this.at);
  }
}

@Controller('things')
class ThingsController {
  bodies = 0;
  @Get() @Requires('read') read() {
    return { things: [] };
  }
  @Post() @Requires('deployments.write') write(@Req() request: EdgeRequest, @Body() _body: unknown) {
    this.bodies += 1;
    return { meta: commandMetaOf(request), principal: request.principal?.name };
  }
  @Get('open') @Open() open() {
    return { open: true };
  }
  @Get('correlation') @Open() correlation() {
    return app.get(CorrelationContext).current();
  }
  @Get('limited') @Open() limited() {
    throw new Problem({ status: 429, code: 'SLOW_DOWN', detail: 'slow', field: 'a', limit: 7, headers: { 'retry-after': '3' } });
  }
  @Get('broken') @Open() broken() {
    throw new Error('secret detail');
  }
  @Get('busy') @Open() busy() {
    throw new ClickHouseError('Things: secret detail', '202', 'TOO_MANY_SIMULTANEOUS_QUERIES', true);
  }
}

@Controller('forgotten')
class ForgottenController {
  @Get() read() {
    return 'data';
  }
}

const clock = new HandClock();
const store = new InMemoryEventStore(clock);
const codec = new EventCodec(IDENTITY_EVENTS);

const startApp = async (controllers: Type<unknown>[], listen: boolean): Promise<NestFastifyApplication> => {
  const foreignRoutes = { '/socket': RouteAccess.requires('read', { admitsUpgrades: true }) };
  const made = await guardedApp({ controllers, clock, store, foreignRoutes });
  made
    .getHttpAdapter()
    .getInstance()
    .get('/socket', () => ({ socket: true }));
  if (listen) await made.listen(0, '127.0.0.1');
  else await made.init();
  return made;
};

let app: NestFastifyApplication;
let base: string;
const keys = new Map<string, string>();

const call = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown): Promise<Response> =>
  fetch(`${base}${path}`, {
    method,
    redirect: 'manual',
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const as = (name: string): Record<string, string> => ({ authorization: `Bearer ${keys.get(name)}` });
type Answer = Record<string, unknown> & { readonly meta: CommandMeta; readonly key: string; readonly keyId: string };
const json = async (response: Response): Promise<Answer> => (await response.json()) as Answer;

type AnyEvent = DomainEvent<string, Record<string, unknown>>;
const eventsOf = async (stream: string): Promise<Recorded<AnyEvent>[]> => {
  const events: Recorded<AnyEvent>[] = [];
  for await (const stored of store.readStream(stream)) events.push(codec.decode<AnyEvent>(stored));
  return events;
};

const enrol = async (name: string, ...roles: Role[]): Promise<void> => void keys.set(name, await enrolled(app, name, ...roles));

const signIn = async (name: string): Promise<{ response: Response; cookie: string; link: string }> => {
  const link = app.get(SignInLinks).issue(principalIdOf(name));
  const response = await call('GET', link);
  return { response, link, cookie: (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
};

beforeAll(async () => {
  app = await startApp([ThingsController], true);
  base = await app.getUrl();
  await enrol('ada', 'admin');
  await enrol('eve', 'engineer');
  await enrol('pia', 'producer');
});
afterAll(() => app.close());

describe('a route', () => {
  it('that declares no access keeps the process from starting', async () => {
    await expect(startApp([ForgottenController], false)).rejects.toThrow('GET /forgotten declares neither @Open() nor @Requires(action)');
  });
  it('that is open answers everybody, also with a wrong key', async () => {
    expect((await call('GET', '/things/open')).status).toBe(200);
    expect((await call('GET', '/things/open', { authorization: 'Bearer nonsense' })).status).toBe(200);
  });
  it('answers 404 as a problem where there is none', async () => {
    const response = await call('GET', '/nowhere');
    expect(response.status).toBe(404);
    expect(await json(response)).toMatchObject({ code: 'NOT_FOUND', type: 'urn:driftledger:NOT_FOUND' });
  });
});

describe('probes', () => {
  it('answer without a key, metrics only with one', async () => {
    const health = await call('GET', '/health');
    expect([health.status, await health.text()]).toEqual([200, 'OK']);
    expect(await json(await call('GET', '/ready'))).toEqual({ ready: true, checks: {} });
    expect(await json(await call('GET', '/version'))).toEqual({ name: 'driftledger', version: '9.9.9' });
    expect((await call('GET', '/metrics')).status).toBe(401);
    expect((await call('GET', '/metrics', as('pia'))).status).toBe(403);
    expect((await call('GET', '/metrics', as('eve'))).status).toBe(200);
  });
  it('time requests by the pattern of their route, and what nobody serves as one', async () => {
    await call('GET', '/no-such-place-1');
    await call('POST', '/no-such-place-2', as('eve'), {});
    const metrics = await (await call('GET', '/metrics', as('eve'))).text();
    const labels = [...metrics.matchAll(/^driftledger_http_request_seconds_count\{(.*)\} /gm)].map(([, text]) => text);
    expect(labels).toContain('method="any",route="none",status="404"');
    expect(labels).toContain('method="GET",route="/health",status="200"');
    expect(labels.join()).not.toContain('no-such-place');
  });
  it('say 503 when something the process needs fails, and name it', async () => {
    let working = false;
    app.get(Readiness).add('log', () => (working ? undefined : Promise.reject(new Error('no'))));
    const response = await call('GET', '/ready');
    working = true;
    expect([response.status, await json(response)]).toEqual([503, { ready: false, checks: { log: 'failing' } }]);
  });
});

describe('a key', () => {
  it('opens as Bearer and as the password of Basic', async () => {
    expect((await call('GET', '/things', as('eve'))).status).toBe(200);
    const basic = `Basic ${Buffer.from(`anybody:${keys.get('eve')}`).toString('base64')}`;
    expect((await call('GET', '/things', { authorization: basic })).status).toBe(200);
    expect((await call('POST', '/things', { authorization: basic }, {})).status).toBe(201);
    expect((await call('POST', '/things', { authorization: basic, 'sec-fetch-site': 'cross-site' }, {})).status).toBe(403);
  });
  it.each([
    ['no key', undefined],
    ['no key we know', `Bearer ${formatApiKey(newApiKey())}`],
    ['half a key', 'Bearer dl_0123'],
    ['no scheme', 'dl_0123'],
    ['another scheme', 'Digest abc'],
    ['a huge header', `Bearer ${'a'.repeat(5_000)}`],
  ])('is needed: %s is answered with 401 and no hint', async (_, authorization) => {
    const response = await call('GET', '/things', authorization === undefined ? {} : { authorization });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="driftledger"');
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const body = await json(response);
    expect(body).toMatchObject({ type: 'urn:driftledger:UNAUTHENTICATED', title: 'Unauthorized', status: 401 });
    expect(body.requestId).toBe(response.headers.get('x-request-id'));
  });
  it('with a wrong secret is refused like an unknown one', async () => {
    const wrong = `${keys.get('eve')?.slice(0, -3)}xyz`;
    const unknown = await json(await call('GET', '/things', { authorization: `Bearer ${formatApiKey(newApiKey())}` }));
    const answer = await json(await call('GET', '/things', { authorization: `Bearer ${wrong}` }));
    expect({ ...answer, requestId: '' }).toEqual({ ...unknown, requestId: '' });
  });
  it('is asked for before the body is read', async () => {
    const response = await call('POST', '/things', { 'content-type': 'application/json' }, 'x'.repeat(2_000_000));
    expect(response.status).toBe(401);
  });
  it('of a wrong role is refused, and the refusal recorded with what was needed and held', async () => {
    const response = await call('GET', '/things', as('pia'));
    expect(response.status).toBe(403);
    expect(await json(response)).toMatchObject({ code: 'FORBIDDEN' });
    const [event] = (await eventsOf(accessStream(principalIdOf('pia')))).filter((one) => one.data.route === 'GET /things');
    expect(event).toMatchObject({
      type: 'AccessDenied',
      data: { action: 'read', heldRoles: ['producer'], route: 'GET /things', count: 1 },
      metadata: { actor: { principalId: principalIdOf('pia'), kind: 'person' }, source: { surface: 'http', addressClass: 'loopback' } },
    });
  });
  it('of a wrong role that keeps asking costs the log one more event a minute', async () => {
    clock.at += 60_000;
    for (let attempt = 0; attempt < 20; attempt += 1) await call('GET', '/things', as('pia'));
    clock.at += 60_000;
    await app.get(AccessLog).flush();
    const events = (await eventsOf(accessStream(principalIdOf('pia')))).filter((one) => one.data.route === 'GET /things');
    expect(events.slice(1).map((one) => one.data.count)).toEqual([1, 19]);
  });
});

describe('unauthenticated attempts', () => {
  it('are one event a minute and reason, however many they are', async () => {
    await app.get(AccessLog).flush(clock.at + 60_000);
    clock.at += 120_000;
    const minute = clock.at;
    for (let attempt = 0; attempt < 30; attempt += 1) await call('GET', '/things');
    await call('GET', '/things', { authorization: `Bearer ${formatApiKey(newApiKey())}` });
    await app.get(AccessLog).flush();
    const before = (await eventsOf(UNAUTHENTICATED_STREAM)).filter((one) => one.data.minute === minute);
    expect(before).toEqual([]);
    clock.at += 60_000;
    await app.get(AccessLog).flush();
    await app.get(AccessLog).flush();
    const after = (await eventsOf(UNAUTHENTICATED_STREAM)).filter((one) => one.data.minute === minute);
    expect(after.map((one) => one.data)).toEqual([
      { minute, reason: 'MISSING', count: 30 },
      { minute, reason: 'UNKNOWN_KEY', count: 1 },
    ]);
  });
});

describe('the metadata of a command', () => {
  const correlationId = '11111111-2222-4333-8444-555555555555';
  it('says who, by which key, from where, when by its own clock, and in which trace', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const headers = {
      ...as('eve'),
      'x-correlation-id': correlationId,
      'x-claimed-at': '2026-11-23T13:00:00+01:00',
      'user-agent': 'curl/8.1 (somebody; at home)',
      traceparent,
    };
    const response = await call('POST', '/things', headers, {});
    const { meta, principal } = await json(response);
    expect(principal).toBe('eve');
    expect(response.headers.get('x-correlation-id')).toBe(correlationId);
    expect(meta).toMatchObject({
      correlationId,
      causationId: meta.commandId,
      actor: { principalId: principalIdOf('eve'), kind: 'person', via: `key ${keys.get('eve')?.slice(3, 19)}` },
      source: { surface: 'http', route: 'POST /things', client: 'curl/8.1', addressClass: 'loopback' },
      claimedAt: Date.UTC(2026, 10, 23, 12),
      traceparent,
    });
  });
  it('gives log lines the trace of the caller, and none where it sent nothing that can be read', async () => {
    const traceOf = async (traceparent: string): Promise<unknown> =>
      (await json(await call('GET', '/things/correlation', { traceparent }))).traceId;
    expect(await traceOf('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(await traceOf('00-0af7651916cd43dd8448eb211c80319c')).toBeUndefined();
  });
  it('takes a new correlation id for one that is none, and refuses a time that is none', async () => {
    const response = await call('POST', '/things', { ...as('eve'), 'x-correlation-id': 'abc' }, {});
    expect((await json(response)).meta.correlationId).toMatch(/^[0-9a-f-]{36}$/);
    const refused = await call('POST', '/things', { ...as('eve'), 'x-claimed-at': 'yesterday' }, {});
    expect(await json(refused)).toMatchObject({ status: 400, code: 'MALFORMED', field: 'X-Claimed-At' });
  });
});

describe('problems', () => {
  it('carry field, limit and headers', async () => {
    const response = await call('GET', '/things/limited');
    expect(response.headers.get('retry-after')).toBe('3');
    expect(await json(response)).toMatchObject({ title: 'Too Many Requests', status: 429, code: 'SLOW_DOWN', field: 'a', limit: 7 });
  });
  it('say nothing of what went wrong inside', async () => {
    const response = await call('GET', '/things/broken');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret detail');
  });
  it('say when to come again where the read model has too much to do', async () => {
    const response = await call('GET', '/things/busy');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    const text = await response.text();
    expect(text).toContain('"code":"UNAVAILABLE"');
    expect(text).not.toContain('secret detail');
  });
  it.each([
    ['{"a":', 'application/json', 400, 'MALFORMED'],
    ['x', 'application/x-unknown', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [JSON.stringify('x'.repeat(2_000_000)), 'application/json', 413, 'BODY_TOO_LARGE'],
  ])('answer a body that cannot be read (%#)', async (body, type, status, code) => {
    const response = await fetch(`${base}/things`, { method: 'POST', headers: { ...as('eve'), 'content-type': type }, body });
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await json(response)).toMatchObject({ status, code });
  });
});

describe('signing in', () => {
  it('exchanges a link once for a cookie that scripts and other sites do not get', async () => {
    const { response, cookie, link } = await signIn('eve');
    expect([response.status, response.headers.get('location')]).toEqual([303, '/graphiql']);
    expect(response.headers.get('set-cookie')).toMatch(
      /^driftledger_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/,
    );
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect((await call('GET', '/things', { cookie })).status).toBe(200);
    const again = await call('GET', link);
    expect([again.status, again.headers.get('set-cookie')]).toEqual([401, null]);
  });
  it('is recorded, as signing out is, without cookie or token', async () => {
    const { cookie, link } = await signIn('eve');
    const out = await call('POST', '/sign-out', { cookie, origin: base });
    expect([out.status, out.headers.get('set-cookie')]).toEqual([204, expect.stringContaining('Max-Age=0')]);
    expect((await call('GET', '/things', { cookie })).status).toBe(401);
    const events = (await eventsOf(accessStream(principalIdOf('eve')))).slice(-2);
    expect(events.map((one) => one.type)).toEqual(['SignedIn', 'SignedOut']);
    expect(events[0]?.data.sessionId).toBe(events[1]?.data.sessionId);
    const text = JSON.stringify(events, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
    expect(text).not.toContain(cookie.split('=')[1]);
    expect(text).not.toContain(link.split('=')[1]);
  });
  it('does not use a link up for a preview, a prefetch or HEAD', async () => {
    const link = app.get(SignInLinks).issue(principalIdOf('eve'));
    expect((await call('HEAD', link)).status).toBe(405);
    expect((await call('GET', link, { 'sec-purpose': 'prefetch;prerender' })).status).toBe(405);
    expect((await call('GET', link)).status).toBe(303);
  });
  it('refuses a link after ten minutes and a session after twelve hours', async () => {
    const late = app.get(SignInLinks).issue(principalIdOf('eve'));
    clock.at += 600_000;
    expect((await call('GET', late)).status).toBe(401);
    const { cookie } = await signIn('eve');
    clock.at += 12 * 3_600_000 - 1;
    expect((await call('GET', '/things', { cookie })).status).toBe(200);
    clock.at += 1;
    expect((await call('GET', '/things', { cookie })).status).toBe(401);
  });
  it('keeps a bounded number of sessions', () => {
    const sessions = new Sessions(clock);
    const first = sessions.open(principalIdOf('eve'));
    for (let index = 0; index < SESSIONS_MAX; index += 1) sessions.open(principalIdOf('eve'));
    expect([sessions.size, sessions.find(first.cookie)]).toEqual([SESSIONS_MAX, undefined]);
  });
});

describe('a browser session', () => {
  it.each([
    ['no proof', {}, 403],
    ['another origin', { origin: 'https://evil.example' }, 403],
    ['the null origin', { origin: 'null' }, 403],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a sibling site', { 'sec-fetch-site': 'same-site' }, 403],
    ['its own page', { 'sec-fetch-site': 'same-origin' }, 201],
  ])('changes state only for its own pages: %s', async (_, proof, status) => {
    const { cookie } = await signIn('eve');
    expect((await call('POST', '/things', { cookie, ...proof }, {})).status).toBe(status);
  });
  it('acts for its own origin', async () => {
    const { cookie } = await signIn('eve');
    expect((await call('POST', '/things', { cookie, origin: base }, {})).status).toBe(201);
  });
  it('follows the roles of its principal as they are now', async () => {
    await enrol('rob', 'engineer');
    const { cookie } = await signIn('rob');
    expect((await call('GET', '/v1/principals', { cookie })).status).toBe(403);
    await execute(app, new GrantRoles({ principalId: principalIdOf('rob'), roles: ['auditor'] }, processMeta('spec')));
    expect((await call('GET', '/v1/principals', { cookie })).status).toBe(200);
  });
});

describe('a route of a plugin', () => {
  it('is guarded like any other, also when a plain request names an upgrade', async () => {
    expect((await call('GET', '/socket')).status).toBe(401);
    const reply = await app
      .getHttpAdapter()
      .getInstance()
      .inject({ method: 'GET', url: '/socket', headers: { upgrade: 'websocket' } });
    expect(reply.statusCode).toBe(401);
    expect((await call('GET', '/socket', as('eve'))).status).toBe(200);
  });
});

describe('keys over HTTP', () => {
  it('are made for a new principal, open at once, are listed without secret, and do not open after they were revoked', async () => {
    const made = await call('POST', '/v1/principals', as('ada'), { name: 'shop', kind: 'service', roles: ['producer', 'engineer'] });
    expect(made.status).toBe(201);
    const issued = await call('POST', '/v1/principals/shop/keys', as('ada'), { label: 'blue', reason: 'first rollout' });
    expect([issued.status, issued.headers.get('cache-control')]).toEqual([201, 'no-store']);
    const { key, keyId, position } = await json(issued);
    expect(position).toMatch(/^\d+$/);
    expect((await call('GET', '/things', { authorization: `Bearer ${key}` })).status).toBe(200);
    const listed = await (await call('GET', '/v1/principals', as('ada'))).text();
    expect(listed).toContain(keyId);
    expect(listed).not.toContain(key.slice(20));
    expect((await call('DELETE', `/v1/keys/${keyId}`, as('ada'))).status).toBe(200);
    expect((await call('GET', '/things', { authorization: `Bearer ${key}` })).status).toBe(401);
  });
  it('stop to open when they expire', async () => {
    const expiresAt = new Date(clock.at + 1_000).toISOString();
    const { key } = await json(await call('POST', '/v1/principals/eve/keys', as('ada'), { label: 'short', expiresAt }));
    expect((await call('GET', '/things', { authorization: `Bearer ${key}` })).status).toBe(200);
    clock.at += 1_000;
    expect((await call('GET', '/things', { authorization: `Bearer ${key}` })).status).toBe(401);
  });
  it('are for admins', async () => {
    expect((await call('POST', '/v1/principals', as('eve'), { name: 'x', kind: 'job', roles: ['admin'] })).status).toBe(403);
    expect((await call('DELETE', `/v1/keys/${keys.get('ada')?.slice(3, 19)}`, as('eve'))).status).toBe(403);
  });
  it.each([
    ['POST', '/v1/principals', { name: 'eve', kind: 'person', roles: [] }, 409, 'PRINCIPAL_EXISTS'],
    ['POST', '/v1/principals', { name: 'Eve!', kind: 'person', roles: [] }, 422, 'PRINCIPAL_NAME_INVALID'],
    ['POST', '/v1/principals', { name: 'x', kind: 'robot', roles: [] }, 400, 'MALFORMED'],
    ['POST', '/v1/principals', { name: 'x', kind: 'job', roles: ['root'] }, 400, 'MALFORMED'],
    ['POST', '/v1/principals', { name: 'x', kind: 'job', roles: [], admin: true }, 400, 'MALFORMED'],
    ['POST', '/v1/principals', null, 400, 'MALFORMED'],
    ['POST', '/v1/principals/nobody/keys', { label: 'a' }, 404, 'PRINCIPAL_UNKNOWN'],
    ['POST', '/v1/principals/eve/keys', { label: 'a', expiresAt: 'soon' }, 400, 'MALFORMED'],
    ['POST', '/v1/principals/eve/keys', { label: 'a', expiresAt: 1 }, 422, 'EXPIRY_IN_PAST'],
    ['DELETE', '/v1/keys/none', undefined, 404, 'KEY_UNKNOWN'],
    ['PUT', '/v1/principals/eve/roles/root', undefined, 400, 'MALFORMED'],
    ['DELETE', '/v1/principals/ada/roles/admin', undefined, 409, 'LAST_ADMIN'],
  ])('answer %s %s %j with a problem', async (method, path, body, status, code) => {
    expect(await json(await call(method, path, as('ada'), body))).toMatchObject({ status, code });
  });
  it('record what was refused, by whom', async () => {
    await call('DELETE', '/v1/principals/ada/roles/admin', as('ada'));
    const [event] = (await eventsOf(accessStream(principalIdOf('ada')))).slice(-1);
    const stream = principalStream(principalIdOf('ada'));
    expect(event).toMatchObject({ type: 'CommandRefused', data: { command: 'RevokeRoles', stream, code: 'LAST_ADMIN' } });
  });
  it('leave an admin when two take the role from each other at once', async () => {
    await enrol('zac', 'admin');
    for (let round = 0; round < 10; round += 1) {
      const both = await Promise.all([
        call('DELETE', '/v1/principals/zac/roles/admin', as('ada')),
        call('DELETE', '/v1/principals/ada/roles/admin', as('zac')),
      ]);
      expect(both.map(({ status }) => status).sort()).not.toEqual([200, 200]);
      await execute(app, new GrantRoles({ principalId: principalIdOf('ada'), roles: ['admin'] }, processMeta('spec')));
      await execute(app, new GrantRoles({ principalId: principalIdOf('zac'), roles: ['admin'] }, processMeta('spec')));
    }
    await call('DELETE', '/v1/principals/zac/roles/admin', as('ada'));
  });
  it('record who looked at them', async () => {
    await call('GET', '/v1/principals', as('ada'));
    await app.get(AccessLog).flush(Number.POSITIVE_INFINITY);
    expect(await eventsOf(accessStream(principalIdOf('ada')))).toContainEqual(
      expect.objectContaining({ type: 'SensitiveDataRead', data: expect.objectContaining({ operation: 'GET /v1/principals' }) }),
    );
  });
  it('grant and take away roles one by one', async () => {
    expect((await call('PUT', '/v1/principals/pia/roles/auditor', as('ada'))).status).toBe(200);
    expect((await call('GET', '/things', as('pia'))).status).toBe(200);
    expect((await call('DELETE', '/v1/principals/pia/roles/auditor', as('ada'))).status).toBe(200);
    expect((await call('GET', '/things', as('pia'))).status).toBe(403);
  });
});

import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type EdgeRequest as GraphqlRequest } from '#libs/graphql-kit';
import { EventCodec, EventStore } from '#libs/event-store';
import { enrol, execute, guardedApp } from '../../../test/support/guarded-app.js';
import { AccessLog } from './access-log.js';
import { Authenticator } from './authenticator.js';
import { RevokeKey, RevokeRoles } from './commands.js';
import { accessStream, principalIdOf } from './events.js';
import { IdentityGraphqlAccess } from './graphql-access.js';
import { AccessGuard } from './http/access-guard.js';
import { type EdgeRequest } from './http/edge.js';
import { processMeta } from './process-meta.js';
import { Sessions } from './sessions.js';

let app: NestFastifyApplication;
let access: IdentityGraphqlAccess;
let key: string;

beforeAll(async () => {
  app = await guardedApp();
  await app.init();
  access = new IdentityGraphqlAccess(app.get(AccessGuard), app.get(Authenticator), app.get(AccessLog));
  key = await enrol(app, 'eve', 'engineer', 'producer');
});
afterAll(() => app.close());

const request = (headers: Record<string, string> = {}): GraphqlRequest & EdgeRequest => {
  const edge = {
    ip: '10.1.2.3',
    method: 'GET',
    url: '/graphql',
    host: 'drift.example',
    protocol: 'https',
    headers,
    routeOptions: { url: '/graphql', config: {} },
  };
  // Nothing here reads the raw request; the server always has one.
  return { ...edge, id: 'r1', raw: undefined } as unknown as GraphqlRequest & EdgeRequest;
};
const cookie = (): Record<string, string> => ({ cookie: `driftledger_session=${app.get(Sessions).open(principalIdOf('eve')).cookie}` });
const admitted = async (params: Record<string, unknown>) => {
  const admission = await access.admitConnection(request(), params);
  if (admission.kind === 'refused') throw new Error(admission.code);
  return admission.viewer;
};

describe('a socket', () => {
  it('is admitted by the key in its first message, whatever the case of the name', async () => {
    expect((await access.admitConnection(request(), { authorization: `Bearer ${key}` })).kind).toBe('admitted');
    expect((await access.admitConnection(request(), { Authorization: `Bearer ${key}` })).kind).toBe('admitted');
  });
  it('of a program is admitted by the headers of its upgrade', async () => {
    expect((await access.admitConnection(request({ authorization: `Bearer ${key}` }), {})).kind).toBe('admitted');
  });
  it('of our own page is admitted by its session', async () => {
    expect((await access.admitConnection(request({ ...cookie(), origin: 'https://drift.example' }), {})).kind).toBe('admitted');
  });
  it.each([
    ['another page', { origin: 'https://evil.example' }],
    ['our name without TLS', { origin: 'http://drift.example' }],
    ['no page we know of', {}],
  ])('with a session but of %s is refused', async (_, origin) => {
    expect(await access.admitConnection(request({ ...cookie(), ...origin }), {})).toMatchObject({
      kind: 'refused',
      code: 'CROSS_SITE',
      status: 403,
    });
  });
  it.each([[{}], [{ authorization: 7 }], [{ authorization: 'Bearer nonsense' }], [{ authorization: '' }]])(
    'is refused with %j',
    async (params) => {
      expect(await access.admitConnection(request(), params)).toMatchObject({ kind: 'refused', status: 401 });
    },
  );
});

describe('a viewer', () => {
  it('gives commands the metadata of its principal, one id each', async () => {
    const viewer = await admitted({ authorization: `Bearer ${key}` });
    const [one, other] = [viewer.commandMeta({ reason: 'because' }), viewer.commandMeta()];
    expect(one).toMatchObject({
      reason: 'because',
      actor: { principalId: principalIdOf('eve'), kind: 'person' },
      source: { surface: 'graphql', addressClass: 'private' },
    });
    expect(other.commandId).not.toBe(one.commandId);
    expect(other.correlationId).toBe(one.correlationId);
  });
  it('may what its roles permit, and nothing that is no action', async () => {
    const viewer = await admitted({ authorization: `Bearer ${key}` });
    expect([
      access.permits(viewer, 'monitors.write'),
      access.permits(viewer, 'approvals.write'),
      access.permits(viewer, 'toString'),
    ]).toEqual([true, false, false]);
    expect([access.knows('read'), access.knows('constructor')]).toEqual([true, false]);
  });
  it('has a denied field recorded', async () => {
    await access.recordDenied(await admitted({ authorization: `Bearer ${key}` }), 'audit.read', 'Query.auditTrail');
    const events = [];
    for await (const stored of app.get(EventStore).readStream(accessStream(principalIdOf('eve'))))
      events.push(app.get(EventCodec).decode(stored));
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'AccessDenied',
        data: expect.objectContaining({ action: 'audit.read', route: 'GRAPHQL Query.auditTrail' }),
        metadata: expect.objectContaining({
          source: expect.objectContaining({ surface: 'graphql', route: 'GRAPHQL Query.auditTrail' }),
        }),
      }),
    );
  });
  it('has a sensitive read recorded, by its field and the digest of its arguments in whatever order', async () => {
    const principalId = principalIdOf('ina');
    const viewer = await admitted({ authorization: `Bearer ${await enrol(app, 'ina', 'auditor')}` });
    access.recordRead(viewer, 'Query.auditTrail', { first: 1, after: 7n });
    access.recordRead(viewer, 'Query.auditTrail', { after: 7n, first: 1 });
    await app.get(AccessLog).flush(Number.POSITIVE_INFINITY);
    const events = [];
    for await (const stored of app.get(EventStore).readStream(accessStream(principalId))) events.push(app.get(EventCodec).decode(stored));
    const read = { type: 'SensitiveDataRead', data: { principalId, operation: 'GRAPHQL Query.auditTrail', count: 1 } };
    expect(events).toMatchObject([read, read]);
    expect(new Set(events.map(({ data }) => (data as { argumentsSha256: string }).argumentsSha256)).size).toBe(1);
  });
  it('loses what is taken away while its socket is open, down to the socket itself', async () => {
    const principalId = principalIdOf('zoe');
    const zoes = await enrol(app, 'zoe', 'engineer');
    const viewer = await admitted({ authorization: `Bearer ${zoes}` });
    expect([access.permits(viewer, 'read'), access.isCurrent(viewer)]).toEqual([true, true]);
    await execute(app, new RevokeRoles({ principalId, roles: ['engineer'], otherAdmins: 1 }, processMeta('spec')));
    expect([access.permits(viewer, 'read'), access.isCurrent(viewer)]).toEqual([false, true]);
    await execute(app, new RevokeKey({ principalId, keyId: zoes.slice(3, 19) }, processMeta('spec')));
    expect(access.isCurrent(viewer)).toBe(false);
  });
});

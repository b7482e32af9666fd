import { type CommandMeta, instant, randomId, uuid } from '#libs/kernel';
import { specify } from '../../../test/support/specify.js';
import { type IdentityCommand, GrantRoles, IssueKey, RegisterPrincipal, RevokeKey, RevokeRoles } from './commands.js';
import { ACTIVE_KEYS_MAX, principalDecider } from './decider.js';
import { type PrincipalEvent, KeyIssued, KeyRevoked, PrincipalRegistered, RolesGranted, RolesRevoked, principalIdOf } from './events.js';

const principalId = principalIdOf('checkout');
const meta: CommandMeta = {
  commandId: uuid('018f0000-0000-7000-8000-000000000001'),
  correlationId: uuid('018f0000-0000-7000-8000-000000000002'),
  causationId: uuid('018f0000-0000-7000-8000-000000000001'),
  actor: { principalId: principalIdOf('root'), kind: 'person', via: 'key 00' },
  source: { surface: 'http', addressClass: 'loopback' },
};
const sha256 = 'ab'.repeat(32);
const now = instant(1_000_000);

const registered = (...roles: ('admin' | 'engineer' | 'producer')[]): PrincipalEvent =>
  PrincipalRegistered.make({ principalId, kind: 'service', name: 'checkout', roles });
const issued = (keyId: string): PrincipalEvent => KeyIssued.make({ principalId, keyId, sha256, label: 'first' });
const revoked = (keyId: string): PrincipalEvent => KeyRevoked.make({ principalId, keyId });
const register = (name = 'checkout'): IdentityCommand =>
  new RegisterPrincipal({ principalId, kind: 'service', name, roles: ['producer', 'admin', 'producer'] }, meta);
const issue = (over: Partial<IssueKey['data']> = {}): IdentityCommand =>
  new IssueKey({ principalId, keyId: 'k1', sha256, label: 'first', issuedAt: now, ...over }, meta);
const revoke = (keyId: string): IdentityCommand => new RevokeKey({ principalId, keyId }, meta);

const { given } = specify(principalDecider);

describe('registering a principal', () => {
  it('records its roles once each and in one order', () => {
    given()
      .when(register())
      .then(PrincipalRegistered.make({ principalId, kind: 'service', name: 'checkout', roles: ['admin', 'producer'] }));
  });
  it('keeps names unique', () => {
    given(registered()).when(register()).thenRefused('PRINCIPAL_EXISTS');
  });
  it.each(['', 'Checkout', '-x', 'a b', 'a'.repeat(65), '__proto__'])('refuses the name %j', (name) => {
    given().when(register(name)).thenRefused('PRINCIPAL_NAME_INVALID');
  });
  it('refuses an id that is not the one of the name, which would let two principals share a name', () => {
    given()
      .when(new RegisterPrincipal({ principalId: randomId(), kind: 'job', name: 'checkout', roles: [] }, meta))
      .thenRefused('PRINCIPAL_NAME_INVALID');
  });
});

describe('keys', () => {
  it('are issued with the digest of their secret and nothing of the secret', () => {
    given(registered())
      .when(issue())
      .then(KeyIssued.make({ principalId, keyId: 'k1', sha256, label: 'first' }));
  });
  it('may expire, but not before they are issued', () => {
    given(registered())
      .when(issue({ expiresAt: instant(now + 1) }))
      .then(KeyIssued.make({ principalId, keyId: 'k1', sha256, label: 'first', expiresAt: now + 1 }));
    given(registered())
      .when(issue({ expiresAt: now }))
      .thenRefused('EXPIRY_IN_PAST');
  });
  it('are not issued to a principal nobody registered', () => {
    given().when(issue()).thenRefused('PRINCIPAL_UNKNOWN');
  });
  it('never reuse an id, not even of a revoked key', () => {
    given(registered(), issued('k1'), revoked('k1')).when(issue()).thenRefused('KEY_EXISTS');
  });
  it.each(['', 'a\nb', 'a\u0000', 'a'.repeat(101)])('refuse the label %j', (label) => {
    given(registered()).when(issue({ label })).thenRefused('LABEL_INVALID');
  });
  it('are limited in number, revoked ones not counted', () => {
    const full = Array.from({ length: ACTIVE_KEYS_MAX }, (_, index) => issued(`f${index}`));
    expect(
      given(registered(), ...full)
        .when(issue())
        .thenRefused('KEYS_TOO_MANY').limit,
    ).toBe(ACTIVE_KEYS_MAX);
    given(registered(), ...full, revoked('f0'))
      .when(issue())
      .then(issued('k1'));
  });
  it('are revoked once; revoking again is already done', () => {
    given(registered(), issued('k1')).when(revoke('k1')).then(revoked('k1'));
    given(registered(), issued('k1'), revoked('k1')).when(revoke('k1')).thenNothing();
  });
  it('of somebody else cannot be revoked here', () => {
    given(registered()).when(revoke('k1')).thenRefused('KEY_UNKNOWN');
  });
});

describe('roles', () => {
  const grant = new GrantRoles({ principalId, roles: ['engineer', 'producer'] }, meta);
  const takeAdmin = (otherAdmins: number): IdentityCommand =>
    new RevokeRoles({ principalId, roles: ['admin', 'engineer'], otherAdmins }, meta);

  it('records only what the principal did not have before', () => {
    given(registered('producer'))
      .when(grant)
      .then(RolesGranted.make({ principalId, roles: ['engineer'] }));
    given(registered('producer', 'engineer')).when(grant).thenNothing();
  });
  it('records only what was taken away', () => {
    given(registered('admin'))
      .when(takeAdmin(1))
      .then(RolesRevoked.make({ principalId, roles: ['admin'] }));
    given(registered('producer')).when(takeAdmin(1)).thenNothing();
  });
  it('are back in force when granted after they were revoked', () => {
    given(registered('engineer'), RolesRevoked.make({ principalId, roles: ['engineer'] }))
      .when(grant)
      .then(RolesGranted.make({ principalId, roles: ['engineer', 'producer'] }));
  });
  it('keeps the last admin', () => {
    given(registered('admin')).when(takeAdmin(0)).thenRefused('LAST_ADMIN');
    given(registered('engineer'))
      .when(takeAdmin(0))
      .then(RolesRevoked.make({ principalId, roles: ['engineer'] }));
  });
});

import { type Actor, type Clock } from '#libs/kernel';
import { type Directory, type Principal } from './directory.js';
import { type Unrecognised } from './events.js';
import { digestOf, parseApiKey, sameDigest } from './keys.js';
import { type Sessions } from './sessions.js';

/** What a caller presented, already cut out of the protocol it came by. */
export type Credentials =
  | { readonly kind: 'none' }
  /** Present, but not in a form we know. */
  | { readonly kind: 'malformed' }
  | { readonly kind: 'key'; readonly text: string }
  | { readonly kind: 'session'; readonly cookie: string };

/** Who is behind a request, and by which key or session. */
export type Recognised = { readonly kind: 'recognised'; readonly principal: Principal; readonly actor: Actor };
export type Authentication = Recognised | { readonly kind: 'unrecognised'; readonly reason: Unrecognised };

/** Of no key: compared against when a key id is unknown, so that the answer takes as long as for a known one. */
const NO_DIGEST = '00'.repeat(32);

/** Recognises callers by key or session. Never does I/O. */
export class Authenticator {
  constructor(
    private readonly directory: Directory,
    private readonly sessions: Sessions,
    private readonly clock: Clock,
  ) {}

  authenticate(credentials: Credentials): Authentication {
    switch (credentials.kind) {
      case 'none':
        return unrecognised('MISSING');
      case 'malformed':
        return unrecognised('MALFORMED');
      case 'key':
        return this.byKey(credentials.text);
      case 'session':
        return this.bySession(credentials.cookie);
    }
  }

  /** The principal as it is now, or undefined once the key or session behind an earlier answer no longer holds. */
  stillHolds({ actor }: Recognised): Principal | undefined {
    const [way, id = ''] = actor.via.split(' ');
    const holds = way === 'key' ? this.keyHolds(id) : way === 'session' && this.sessions.holds(id);
    return holds ? this.directory.principal(actor.principalId) : undefined;
  }

  private keyHolds(keyId: string): boolean {
    const key = this.directory.key(keyId);
    return key !== undefined && key.revokedAt === undefined && (key.expiresAt === undefined || key.expiresAt > this.clock.now());
  }

  private byKey(text: string): Authentication {
    const given = parseApiKey(text);
    if (!given) return unrecognised('MALFORMED');
    const key = this.directory.key(given.keyId);
    const matches = sameDigest(digestOf(given.secret), key?.sha256 ?? NO_DIGEST);
    if (!key) return unrecognised('UNKNOWN_KEY');
    if (!matches) return unrecognised('WRONG_SECRET');
    if (key.revokedAt !== undefined) return unrecognised('REVOKED');
    if (key.expiresAt !== undefined && key.expiresAt <= this.clock.now()) return unrecognised('EXPIRED');
    const principal = this.directory.principal(key.principalId);
    return principal ? recognised(principal, `key ${key.keyId}`) : unrecognised('UNKNOWN_KEY');
  }

  private bySession(cookie: string): Authentication {
    const session = this.sessions.find(cookie);
    const principal = session && this.directory.principal(session.principalId);
    return session && principal ? recognised(principal, `session ${session.sessionId}`) : unrecognised('UNKNOWN_SESSION');
  }
}

const unrecognised = (reason: Unrecognised): Authentication => ({ kind: 'unrecognised', reason });

const recognised = (principal: Principal, via: string): Authentication => ({
  kind: 'recognised',
  principal,
  actor: { principalId: principal.principalId, kind: principal.kind, via },
});

import { randomBytes } from 'node:crypto';
import { type Clock, type Uuid } from '#libs/kernel';
import { digestOf } from './keys.js';

/** A browser that signed in. `sessionId` names it in the log and opens nothing. */
export type Session = { readonly sessionId: string; readonly principalId: Uuid; readonly expiresAt: number };

export const SESSION_SECONDS = 12 * 60 * 60;
/** Above this the oldest session is signed out: memory stays bounded. */
export const SESSIONS_MAX = 1_000;

/**
 * Browser sessions, in memory: a restart signs everybody out. Only the SHA-256 of a cookie is kept, which also makes the lookup
 * independent of how much of a guessed cookie is right.
 */
export class Sessions {
  private readonly byDigest = new Map<string, Session>();

  constructor(private readonly clock: Clock) {}

  /** The cookie value is given once and not kept. */
  open(principalId: Uuid): { readonly cookie: string; readonly session: Session } {
    const cookie = randomBytes(32).toString('base64url');
    const session = { sessionId: randomBytes(8).toString('hex'), principalId, expiresAt: this.clock.now() + SESSION_SECONDS * 1000 };
    this.byDigest.set(digestOf(cookie), session);
    for (const oldest of this.byDigest.keys()) {
      if (this.byDigest.size <= SESSIONS_MAX) break;
      this.byDigest.delete(oldest);
    }
    return { cookie, session };
  }

  find(cookie: string): Session | undefined {
    const digest = digestOf(cookie);
    const session = this.byDigest.get(digest);
    if (!session || session.expiresAt > this.clock.now()) return session;
    this.byDigest.delete(digest);
    return undefined;
  }

  /** Whether a session is open, by the id the log knows. */
  holds(sessionId: string): boolean {
    const now = this.clock.now();
    for (const session of this.byDigest.values()) if (session.sessionId === sessionId) return session.expiresAt > now;
    return false;
  }

  close(cookie: string): void {
    this.byDigest.delete(digestOf(cookie));
  }

  get size(): number {
    return this.byDigest.size;
  }
}

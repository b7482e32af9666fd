import { randomBytes } from 'node:crypto';
import { type Clock, type Uuid } from '#libs/kernel';
import { digestOf } from './keys.js';

/** What a sign-in link was issued for. */
export type SignInGrant = { readonly principalId: Uuid; readonly expiresAt: number };

const LINK_SECONDS = 10 * 60;
/** Above this the oldest link stops working. */
const LINKS_MAX = 100;

/** One-time links that turn into a browser session. In memory; only the SHA-256 of a token is kept. */
export class SignInLinks {
  private readonly byDigest = new Map<string, SignInGrant>();

  constructor(private readonly clock: Clock) {}

  /** The path to print behind the address of this server: `/sign-in?token=…`. Works once, for ten minutes. */
  issue(principalId: Uuid): string {
    const token = randomBytes(32).toString('base64url');
    this.byDigest.set(digestOf(token), { principalId, expiresAt: this.clock.now() + LINK_SECONDS * 1000 });
    for (const oldest of this.byDigest.keys()) {
      if (this.byDigest.size <= LINKS_MAX) break;
      this.byDigest.delete(oldest);
    }
    return `/sign-in?token=${token}`;
  }

  /** Takes the grant of a token; a second call with the same token finds nothing. */
  take(token: string): SignInGrant | undefined {
    const digest = digestOf(token);
    const grant = this.byDigest.get(digest);
    this.byDigest.delete(digest);
    return grant && grant.expiresAt > this.clock.now() ? grant : undefined;
  }

  /** For an exchange that could not be recorded: the person may try the same link again. */
  giveBack(token: string, grant: SignInGrant): void {
    this.byDigest.set(digestOf(token), grant);
  }
}

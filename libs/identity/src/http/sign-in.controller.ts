import { Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { AccessLog } from '../access-log.js';
import { type Recognised } from '../authenticator.js';
import { Directory } from '../directory.js';
import { SESSION_SECONDS, Sessions } from '../sessions.js';
import { type SignInGrant, SignInLinks } from '../sign-in-links.js';
import { commandMetaOf, metaOf } from './command-meta.js';
import { SESSION_COOKIE, cookieOf } from './credentials.js';
import { type EdgeReply, type EdgeRequest, headerOf, recognisedOf } from './edge.js';
import { Problem } from './problem.js';
import { Open, Requires } from './route-access.js';

/** Where a browser goes after it signed in. A constant: a link must not be able to send people elsewhere. */
const LANDING = '/graphiql';

/** The one-time link and the session it turns into. */
@Controller()
export class SignInController {
  constructor(
    private readonly links: SignInLinks,
    private readonly sessions: Sessions,
    private readonly directory: Directory,
    private readonly log: AccessLog,
  ) {}

  @Get('sign-in')
  @Open()
  async signIn(@Req() request: EdgeRequest, @Res() reply: EdgeReply, @Query('token') token: unknown): Promise<void> {
    refusePreviews(request);
    const grant = typeof token === 'string' && token.length <= 200 ? this.links.take(token) : undefined;
    const principal = grant && this.directory.principal(grant.principalId);
    if (!grant || !principal || typeof token !== 'string') {
      this.log.unrecognised('INVALID_LINK');
      throw new Problem({
        status: 401,
        code: 'INVALID_LINK',
        detail: 'this link was used or is too old; a restart of the server prints another',
      });
    }
    const cookie = await this.open(request, grant, token);
    const secure = request.protocol === 'https' ? '; Secure' : '';
    reply
      .code(303)
      .header('set-cookie', `${SESSION_COOKIE}=${cookie}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_SECONDS}${secure}`)
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      .header('location', LANDING)
      .send();
  }

  @Post('sign-out')
  @Requires('any')
  @HttpCode(204)
  async signOut(@Req() request: EdgeRequest, @Res() reply: EdgeReply): Promise<void> {
    const { principal } = recognisedOf(request);
    const cookie = cookieOf(request.headers);
    const session = cookie === undefined ? undefined : this.sessions.find(cookie);
    if (cookie !== undefined && session?.principalId === principal.principalId) {
      // Closed first: a session must not outlive a log that is away.
      this.sessions.close(cookie);
      await this.log.signedOut(principal.principalId, session.sessionId, commandMetaOf(request));
    }
    reply.code(204).header('set-cookie', `${SESSION_COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`).send();
  }

  /** A sign-in that cannot be recorded does not happen, and the link keeps working. */
  private async open(request: EdgeRequest, grant: SignInGrant, token: string): Promise<string> {
    const { cookie, session } = this.sessions.open(grant.principalId);
    const principal = this.directory.principal(grant.principalId);
    try {
      if (!principal) throw new Problem({ status: 401, code: 'INVALID_LINK', detail: 'the principal of this link is gone' });
      const actor = { principalId: principal.principalId, kind: principal.kind, via: 'sign-in link' };
      const recognised: Recognised = { kind: 'recognised', principal, actor };
      await this.log.signedIn(principal.principalId, session.sessionId, metaOf(request, recognised));
      return cookie;
    } catch (error) {
      this.sessions.close(cookie);
      this.links.giveBack(token, grant);
      throw error;
    }
  }
}

/** Link previews and prefetching browsers look at links nobody clicked; they must not use them up. */
const refusePreviews = ({ method, headers }: EdgeRequest): void => {
  const purpose = `${headerOf(headers, 'sec-purpose') ?? ''} ${headerOf(headers, 'purpose') ?? ''}`;
  if (method === 'GET' && !/prefetch|preview/i.test(purpose)) return;
  const detail = 'a sign-in link is opened by a person, once';
  throw new Problem({ status: 405, code: 'METHOD_NOT_ALLOWED', detail, headers: { allow: 'GET' } });
};

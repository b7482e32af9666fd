import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { z } from 'zod';
import { type Receipt } from '#libs/event-store';
import { type Uuid, Clock, formatPosition, instant, isUuid, isoOf, uuid } from '#libs/kernel';
import { AccessLog } from '../access-log.js';
import { type IdentityCommand, GrantRoles, IssueKey, RegisterPrincipal, RevokeKey, RevokeRoles } from '../commands.js';
import { type KeyRecord, type Principal, Directory } from '../directory.js';
import { PRINCIPAL_KINDS, ROLES, principalIdOf } from '../events.js';
import { digestOf, formatApiKey, newApiKey } from '../keys.js';
import { commandMetaOf } from './command-meta.js';
import { type EdgeRequest, routeOf } from './edge.js';
import { Problem, parsed, problemOfRefusal } from './problem.js';
import { Requires } from './route-access.js';

const Role = z.enum(ROLES);
const Reason = z.string().min(1).max(500).optional();
const RegisterBody = z.strictObject({
  name: z.string(),
  kind: z.enum(PRINCIPAL_KINDS),
  roles: z.array(Role).max(ROLES.length),
  reason: Reason,
});
const Time = z
  .union(
    [z.int(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))],
    'RFC 3339 with an offset, or epoch milliseconds',
  )
  .refine((epochMs) => Math.abs(epochMs) <= 8.64e15, 'a time that far away cannot be kept');
const KeyBody = z.strictObject({ label: z.string(), expiresAt: Time.optional(), reason: Reason });

/** How long an answer waits until this process itself acts on what it recorded. */
const APPLIED_WITHIN_MS = 5_000;
const STATUS: Readonly<Record<string, number>> = {
  PRINCIPAL_UNKNOWN: 404,
  KEY_UNKNOWN: 404,
  PRINCIPAL_NAME_INVALID: 422,
  LABEL_INVALID: 422,
  EXPIRY_IN_PAST: 422,
};

/** Principals, their roles and their keys, for administration. A principal is named by its id or its name. */
@Controller('v1')
export class PrincipalsController {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly commands: CommandBus,
    private readonly directory: Directory,
    private readonly clock: Clock,
    private readonly log: AccessLog,
  ) {}

  /** Everybody who may have a key, with the ids of the keys; secrets are not kept anywhere. */
  @Get('principals')
  @Requires('keys.read')
  list(@Req() request: EdgeRequest) {
    const meta = commandMetaOf(request);
    this.log.read({ principalId: meta.actor.principalId, operation: routeOf(request), meta });
    return { principals: this.directory.allPrincipals().map((one) => this.view(one)) };
  }

  @Post('principals')
  @Requires('keys.write')
  async register(@Req() request: EdgeRequest, @Body() body: unknown) {
    const { name, kind, roles, reason } = parsed(RegisterBody, body);
    const principalId = principalIdOf(name);
    const meta = commandMetaOf(request, reasonOf(reason));
    return { principalId, name, ...(await this.run(new RegisterPrincipal({ principalId, kind, name, roles }, meta))) };
  }

  /** The answer holds the key; it is shown this once. */
  @Post('principals/:principal/keys')
  @Requires('keys.write')
  @Header('cache-control', 'no-store')
  async issue(@Req() request: EdgeRequest, @Param('principal') principal: string, @Body() body: unknown) {
    const { label, expiresAt, reason } = parsed(KeyBody, body);
    const principalId = principalIdIn(principal);
    const key = newApiKey();
    const expiry = expiresAt === undefined ? {} : { expiresAt: instant(expiresAt) };
    const data = { principalId, keyId: key.keyId, sha256: digestOf(key.secret), label, issuedAt: this.clock.now(), ...expiry };
    const receipt = await this.run(new IssueKey(data, commandMetaOf(request, reasonOf(reason))));
    return {
      principalId,
      keyId: key.keyId,
      key: formatApiKey(key),
      label,
      ...(expiresAt === undefined ? {} : isoExpiry(expiresAt)),
      ...receipt,
    };
  }

  @Delete('keys/:key')
  @Requires('keys.write')
  async revoke(@Req() request: EdgeRequest, @Param('key') keyId: string) {
    const key = this.directory.key(keyId);
    if (!key) throw new Problem({ status: 404, code: 'KEY_UNKNOWN', detail: 'there is no key of this id' });
    return { keyId, ...(await this.run(new RevokeKey({ principalId: key.principalId, keyId }, commandMetaOf(request)))) };
  }

  @Put('principals/:principal/roles/:role')
  @Requires('keys.write')
  @HttpCode(200)
  async grant(@Req() request: EdgeRequest, @Param('principal') principal: string, @Param('role') role: string) {
    const data = { principalId: principalIdIn(principal), roles: [parsed(Role, role)] };
    return { principalId: data.principalId, ...(await this.run(new GrantRoles(data, commandMetaOf(request)))) };
  }

  @Delete('principals/:principal/roles/:role')
  @Requires('keys.write')
  async revokeRole(@Req() request: EdgeRequest, @Param('principal') principal: string, @Param('role') role: string) {
    const principalId = principalIdIn(principal);
    const roles = [parsed(Role, role)];
    const meta = commandMetaOf(request);
    return this.inTurn(async () => {
      if (!(await this.directory.caughtUp(APPLIED_WITHIN_MS))) throw notApplied('who else is an admin is not known at the moment');
      const otherAdmins = this.directory.otherAdmins(principalId);
      return { principalId, ...(await this.run(new RevokeRoles({ principalId, roles, otherAdmins }, meta))) };
    });
  }

  /** Two admins who take the role from each other at once would each see the other: one after the other, the second is refused. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async run(command: IdentityCommand): Promise<{ readonly position?: string }> {
    const outcome = await this.commands.execute(command);
    if (outcome.kind === 'refused') throw problemOfRefusal(outcome.refusal, STATUS[outcome.refusal.code] ?? 409);
    return this.applied(outcome.receipt);
  }

  /** A key that was issued must open, and one that was revoked must not, from the answer on. */
  private async applied({ position }: Receipt): Promise<{ readonly position?: string }> {
    if (!position) return {};
    if (!(await this.directory.appliedUpTo(position, APPLIED_WITHIN_MS)))
      throw notApplied('it is recorded, but this process has not taken it up yet');
    return { position: formatPosition(position) };
  }

  private view({ principalId, kind, name, roles }: Principal) {
    return { principalId, kind, name, roles, keys: this.directory.keysOf(principalId).map((key) => keyView(key, this.clock.now())) };
  }
}

const notApplied = (detail: string): Problem =>
  new Problem({ status: 503, code: 'NOT_YET_APPLIED', detail, headers: { 'retry-after': '5' } });

const keyView = ({ keyId, label, issuedAt, expiresAt, revokedAt }: KeyRecord, now: number) => ({
  keyId,
  label,
  status: revokedAt !== undefined ? 'revoked' : expiresAt !== undefined && expiresAt <= now ? 'expired' : 'active',
  issuedAt: isoOf(instant(issuedAt)),
  ...(expiresAt === undefined ? {} : isoExpiry(expiresAt)),
  ...(revokedAt === undefined ? {} : { revokedAt: isoOf(instant(revokedAt)) }),
});

const isoExpiry = (expiresAt: number) => ({ expiresAt: isoOf(instant(expiresAt)) });

const reasonOf = (reason: string | undefined) => (reason === undefined ? {} : { reason });

const principalIdIn = (text: string): Uuid => (isUuid(text) ? uuid(text) : principalIdOf(text));

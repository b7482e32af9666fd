import { Command } from '@nestjs/cqrs';
import { type Outcome } from '#libs/event-store';
import { type CommandMeta, type Instant, type Uuid } from '#libs/kernel';
import { type PrincipalKind, type Role } from './events.js';

/** Why the identity context says no. */
export type IdentityRefusal =
  | 'PRINCIPAL_NAME_INVALID'
  | 'PRINCIPAL_EXISTS'
  | 'PRINCIPAL_UNKNOWN'
  | 'KEY_EXISTS'
  | 'KEY_UNKNOWN'
  | 'KEYS_TOO_MANY'
  | 'LABEL_INVALID'
  | 'EXPIRY_IN_PAST'
  | 'LAST_ADMIN';

export class RegisterPrincipal extends Command<Outcome<IdentityRefusal>> {
  readonly type = 'RegisterPrincipal';
  constructor(
    readonly data: { readonly principalId: Uuid; readonly kind: PrincipalKind; readonly name: string; readonly roles: readonly Role[] },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** `issuedAt` is the time by which `expiresAt` is judged; it is given because a decider reads no clock. */
export class IssueKey extends Command<Outcome<IdentityRefusal>> {
  readonly type = 'IssueKey';
  constructor(
    readonly data: {
      readonly principalId: Uuid;
      readonly keyId: string;
      readonly sha256: string;
      readonly label: string;
      readonly issuedAt: Instant;
      readonly expiresAt?: Instant;
    },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

export class RevokeKey extends Command<Outcome<IdentityRefusal>> {
  readonly type = 'RevokeKey';
  constructor(
    readonly data: { readonly principalId: Uuid; readonly keyId: string },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

export class GrantRoles extends Command<Outcome<IdentityRefusal>> {
  readonly type = 'GrantRoles';
  constructor(
    readonly data: { readonly principalId: Uuid; readonly roles: readonly Role[] },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** `otherAdmins` is how many other principals hold `admin` as the directory knew it: the rule spans streams, so the read comes first. */
export class RevokeRoles extends Command<Outcome<IdentityRefusal>> {
  readonly type = 'RevokeRoles';
  constructor(
    readonly data: { readonly principalId: Uuid; readonly roles: readonly Role[]; readonly otherAdmins: number },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

export type IdentityCommand = RegisterPrincipal | IssueKey | RevokeKey | GrantRoles | RevokeRoles;

import { z } from 'zod';
import { type EventOf, defineEvent } from '#libs/event-store';
import { type Uuid, idOfName, uuid } from '#libs/kernel';

const id = z.uuid().transform((text): Uuid => uuid(text));
const at = z.number().int();

/** `admin` does not imply `approver`: who hands out keys is not thereby entitled to approve. */
export const ROLES = ['admin', 'approver', 'auditor', 'engineer', 'producer'] as const;
export type Role = (typeof ROLES)[number];
const role = z.enum(ROLES);

export const PRINCIPAL_KINDS = ['person', 'service', 'job'] as const;
export type PrincipalKind = (typeof PRINCIPAL_KINDS)[number];

/** Why a request was not recognised. Closed, so that unauthenticated noise has a bounded number of counters. */
export const UNRECOGNISED = [
  'MISSING',
  'MALFORMED',
  'UNKNOWN_KEY',
  'WRONG_SECRET',
  'REVOKED',
  'EXPIRED',
  'UNKNOWN_SESSION',
  'CROSS_SITE',
  'INVALID_LINK',
] as const;
export type Unrecognised = (typeof UNRECOGNISED)[number];

/** A person, service or job that may be behind a command. `name` is a handle chosen by the installation and never changes. */
export const PrincipalRegistered = defineEvent('PrincipalRegistered', {
  version: 1,
  schema: z.object({ principalId: id, kind: z.enum(PRINCIPAL_KINDS), name: z.string(), roles: z.array(role) }),
});

/** `sha256` (hex) is of the secret, which is never written anywhere. `expiresAt` is epoch milliseconds. */
export const KeyIssued = defineEvent('KeyIssued', {
  version: 1,
  schema: z.object({ principalId: id, keyId: z.string(), sha256: z.string().length(64), label: z.string(), expiresAt: at.optional() }),
});

export const KeyRevoked = defineEvent('KeyRevoked', { version: 1, schema: z.object({ principalId: id, keyId: z.string() }) });

/** Only the roles that the principal did not have before. */
export const RolesGranted = defineEvent('RolesGranted', { version: 1, schema: z.object({ principalId: id, roles: z.array(role) }) });

/** Only the roles that the principal had. */
export const RolesRevoked = defineEvent('RolesRevoked', { version: 1, schema: z.object({ principalId: id, roles: z.array(role) }) });

/** A command that was answered with a refusal. The data of the command is not kept: it may be anything. */
export const CommandRefused = defineEvent('CommandRefused', {
  version: 1,
  schema: z.object({
    principalId: id,
    command: z.string(),
    /** What it was about, such as `deployment-<id>`; absent where a command was refused before it reached a stream. */
    stream: z.string().optional(),
    code: z.string(),
    detail: z.string(),
    /** How many of this command and code in one minute, above those that were recorded one by one; absent for one. */
    count: z.number().int().positive().optional(),
  }),
});

/**
 * A recognised principal asked for what none of its roles permits. The first of a minute is recorded at once (`count` 1),
 * repeats of the same minute and route together when the minute is over.
 */
export const AccessDenied = defineEvent('AccessDenied', {
  version: 1,
  schema: z.object({
    principalId: id,
    action: z.string(),
    neededRoles: z.array(role),
    heldRoles: z.array(role),
    route: z.string(),
    count: z.number().int().positive(),
  }),
});

/**
 * A principal looked at what not everybody may see: the audit trail, who holds keys, single predictions. `operation` is what it asked for,
 * `argumentsSha256` (hex) the digest of how; absent where one minute brought too many different questions to tell them apart. The first of
 * a minute is recorded at once (`count` 1), repeats of the same question together when the minute is over.
 */
export const SensitiveDataRead = defineEvent('SensitiveDataRead', {
  version: 1,
  schema: z.object({
    principalId: id,
    operation: z.string(),
    argumentsSha256: z.string().length(64).optional(),
    count: z.number().int().positive(),
  }),
});

/** Requests of one minute that were not recognised, by reason. `minute` is the epoch milliseconds of its start. */
export const UnauthenticatedAttempts = defineEvent('UnauthenticatedAttempts', {
  version: 1,
  schema: z.object({ minute: at, reason: z.enum(UNRECOGNISED), count: z.number().int().positive() }),
});

/** A sign-in link was exchanged for a browser session. */
export const SignedIn = defineEvent('SignedIn', { version: 1, schema: z.object({ principalId: id, sessionId: z.string() }) });

export const SignedOut = defineEvent('SignedOut', { version: 1, schema: z.object({ principalId: id, sessionId: z.string() }) });

/** Facts of a principal's own stream: what the decider and the directory fold. */
export type PrincipalEvent =
  | EventOf<typeof PrincipalRegistered>
  | EventOf<typeof KeyIssued>
  | EventOf<typeof KeyRevoked>
  | EventOf<typeof RolesGranted>
  | EventOf<typeof RolesRevoked>;

/** Facts about how access was used; nothing is decided from them. */
export type AccessEvent =
  | EventOf<typeof CommandRefused>
  | EventOf<typeof AccessDenied>
  | EventOf<typeof SensitiveDataRead>
  | EventOf<typeof UnauthenticatedAttempts>
  | EventOf<typeof SignedIn>
  | EventOf<typeof SignedOut>;

/** For the codec of a process. */
export const IDENTITY_EVENTS = [
  PrincipalRegistered,
  KeyIssued,
  KeyRevoked,
  RolesGranted,
  RolesRevoked,
  CommandRefused,
  AccessDenied,
  SensitiveDataRead,
  UnauthenticatedAttempts,
  SignedIn,
  SignedOut,
] as const;

/** A principal is found by its name for ever: this is what keeps names unique. */
export const principalIdOf = (name: string): Uuid => idOfName('principal', name);

export const PRINCIPAL_STREAMS = 'principal-';
export const principalStream = (principalId: Uuid): string => `${PRINCIPAL_STREAMS}${principalId}`;
export const accessStream = (principalId: Uuid): string => `access-${principalId}`;

/** Attempts by nobody we know share one stream. */
export const UNAUTHENTICATED_STREAM = accessStream(idOfName('access', 'unauthenticated'));

import { type Decider, type Decision, type Refusal, accept, refuse, unreachable } from '#libs/kernel';
import { type IdentityCommand, type IdentityRefusal, type IssueKey, type RegisterPrincipal, type RevokeRoles } from './commands.js';
import {
  type PrincipalEvent,
  type Role,
  KeyIssued,
  KeyRevoked,
  PrincipalRegistered,
  ROLES,
  RolesGranted,
  RolesRevoked,
  principalIdOf,
} from './events.js';

/** What a principal's stream says now. Revoked keys are remembered, so that a key id is never given out twice. */
export type PrincipalState =
  | { readonly status: 'unregistered' }
  | {
      readonly status: 'registered';
      readonly roles: ReadonlySet<Role>;
      readonly keys: ReadonlyMap<string, 'active' | 'revoked'>;
    };

type Answer = Decision<PrincipalEvent, Refusal<IdentityRefusal>>;
type Registered = Extract<PrincipalState, { status: 'registered' }>;

/** Active keys of one principal: enough for rotation everywhere, few enough to be looked at. */
export const ACTIVE_KEYS_MAX = 100;
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const LABEL = /^[\p{L}\p{N}\p{P}\p{S} ]{1,100}$/u;

const evolve = (state: PrincipalState, event: PrincipalEvent): PrincipalState => {
  if (event.type === 'PrincipalRegistered') return { status: 'registered', roles: new Set(event.data.roles), keys: new Map() };
  if (state.status === 'unregistered') throw new Error(`${event.type} before PrincipalRegistered`);
  switch (event.type) {
    case 'KeyIssued':
      return { ...state, keys: new Map(state.keys).set(event.data.keyId, 'active') };
    case 'KeyRevoked':
      return { ...state, keys: new Map(state.keys).set(event.data.keyId, 'revoked') };
    case 'RolesGranted':
      return { ...state, roles: new Set([...state.roles, ...event.data.roles]) };
    case 'RolesRevoked':
      return { ...state, roles: new Set([...state.roles].filter((role) => !event.data.roles.includes(role))) };
    default:
      return unreachable(event);
  }
};

const decide = (command: IdentityCommand, state: PrincipalState): Answer => {
  if (command.type === 'RegisterPrincipal') return register(command, state);
  if (state.status === 'unregistered') return refuse('PRINCIPAL_UNKNOWN', 'no principal has this id');
  switch (command.type) {
    case 'IssueKey':
      return issueKey(command, state);
    case 'RevokeKey': {
      const key = state.keys.get(command.data.keyId);
      if (!key) return refuse('KEY_UNKNOWN', 'the principal holds no such key');
      return key === 'revoked' ? accept() : accept(KeyRevoked.make(command.data));
    }
    case 'GrantRoles': {
      const roles = ordered(command.data.roles.filter((role) => !state.roles.has(role)));
      return roles.length === 0 ? accept() : accept(RolesGranted.make({ principalId: command.data.principalId, roles }));
    }
    case 'RevokeRoles':
      return revokeRoles(command, state);
    default:
      return unreachable(command);
  }
};

const register = ({ data }: RegisterPrincipal, state: PrincipalState): Answer => {
  if (!NAME.test(data.name) || data.principalId !== principalIdOf(data.name))
    return refuse('PRINCIPAL_NAME_INVALID', 'a name is 1 to 64 of a-z 0-9 . _ - and starts with a letter or digit', { field: 'name' });
  if (state.status === 'registered') return refuse('PRINCIPAL_EXISTS', 'a principal of this name exists', { field: 'name' });
  return accept(PrincipalRegistered.make({ ...data, roles: ordered(data.roles) }));
};

const issueKey = ({ data }: IssueKey, state: Registered): Answer => {
  const { issuedAt, ...key } = data;
  if (!LABEL.test(key.label)) return refuse('LABEL_INVALID', 'a label is 1 to 100 printable characters', { field: 'label', limit: 100 });
  if (state.keys.has(key.keyId)) return refuse('KEY_EXISTS', 'this key id was given out before');
  if (key.expiresAt !== undefined && key.expiresAt <= issuedAt)
    return refuse('EXPIRY_IN_PAST', 'a key must expire after it is issued', { field: 'expiresAt' });
  const active = [...state.keys.values()].filter((status) => status === 'active').length;
  if (active >= ACTIVE_KEYS_MAX)
    return refuse('KEYS_TOO_MANY', `a principal holds at most ${ACTIVE_KEYS_MAX} active keys`, { limit: ACTIVE_KEYS_MAX });
  return accept(KeyIssued.make(key));
};

const revokeRoles = ({ data }: RevokeRoles, state: Registered): Answer => {
  const roles = ordered(data.roles.filter((role) => state.roles.has(role)));
  if (roles.includes('admin') && data.otherAdmins === 0)
    return refuse('LAST_ADMIN', 'an installation keeps at least one admin', { field: 'roles' });
  return roles.length === 0 ? accept() : accept(RolesRevoked.make({ principalId: data.principalId, roles }));
};

/** Without repeats and always in the same order: equal sets are equal events. */
const ordered = (roles: readonly Role[]): Role[] => ROLES.filter((role) => roles.includes(role));

/** Principals, their keys and their roles. One stream per principal. */
export const principalDecider: Decider<PrincipalState, IdentityCommand, PrincipalEvent, Refusal<IdentityRefusal>> = {
  initialState: () => ({ status: 'unregistered' }),
  evolve,
  decide,
};

import { type AccessEvent, type PrincipalEvent } from '#libs/identity';
import { unreachable } from '#libs/kernel';
import { type Described, becomes, counted, moment } from './described.js';

/** What the trail says about principals, keys and roles. */
export const describePrincipal = (event: PrincipalEvent): Described => {
  switch (event.type) {
    case 'PrincipalRegistered': {
      const { kind, name, roles } = event.data;
      const changes = [becomes('name', name), becomes('kind', kind), becomes('roles', roles)];
      return { class: 'identity', summary: `${kind} ${name} registered with ${roles.join(', ') || 'no role'}`, changes };
    }
    case 'KeyIssued': {
      const { keyId, label, expiresAt } = event.data;
      const expires = expiresAt === undefined ? '' : `, valid until ${moment(expiresAt)}`;
      return {
        class: 'identity',
        summary: `Key ${keyId} (${label}) issued${expires}`,
        changes: [becomes(`keys.${keyId}`, { label, expiresAt })],
      };
    }
    case 'KeyRevoked':
      return {
        class: 'identity',
        summary: `Key ${event.data.keyId} revoked`,
        changes: [{ path: `keys.${event.data.keyId}.revoked`, before: false, after: true }],
      };
    case 'RolesGranted': {
      const { roles } = event.data;
      return {
        class: 'identity',
        summary: `Granted: ${roles.join(', ')}`,
        changes: roles.map((role) => ({ path: `roles.${role}`, before: false, after: true })),
      };
    }
    case 'RolesRevoked': {
      const { roles } = event.data;
      return {
        class: 'identity',
        summary: `Revoked: ${roles.join(', ')}`,
        changes: roles.map((role) => ({ path: `roles.${role}`, before: true, after: false })),
      };
    }
    default:
      return unreachable(event);
  }
};

/** The deployment or the monitor whose stream a refused command was about. */
const placeOf = (stream: string | undefined): Pick<Described, 'deploymentId' | 'monitorId'> => {
  const [, category, id] = /^(deployment|monitor)-(.+)$/.exec(stream ?? '') ?? [];
  if (id === undefined) return {};
  return category === 'deployment' ? { deploymentId: id } : { monitorId: id };
};

const timesMore = (count: number | undefined): string => (count === undefined ? '' : ` ${counted(count, 'more time')} in a minute`);

/** What the trail says about how access was used and refused. */
export const describeAccess = (event: AccessEvent): Described => {
  switch (event.type) {
    case 'CommandRefused':
      return {
        class: 'access',
        summary: `${event.data.command} refused${timesMore(event.data.count)}: ${event.data.code}, ${event.data.detail}`,
        ...placeOf(event.data.stream),
      };
    case 'AccessDenied': {
      const { action, route, count, neededRoles } = event.data;
      return { class: 'access', summary: `${action} denied on ${route}, ${counted(count, 'time')}; needs ${neededRoles.join(' or ')}` };
    }
    case 'UnauthenticatedAttempts': {
      const { count, minute, reason } = event.data;
      return { class: 'access', summary: `${counted(count, 'unrecognised request')} in the minute from ${moment(minute)}: ${reason}` };
    }
    case 'SensitiveDataRead': {
      const { operation, count, argumentsSha256 } = event.data;
      return { class: 'read', summary: `${operation} read ${counted(count, 'time')}${argumentsSha256 ? '' : ', by various questions'}` };
    }
    case 'SignedIn':
      return { class: 'access', summary: 'Signed in' };
    case 'SignedOut':
      return { class: 'access', summary: 'Signed out' };
    default:
      return unreachable(event);
  }
};

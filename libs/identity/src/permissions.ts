import { type Role } from './events.js';

/**
 * Who may do what. Closed: an action that is not a key here cannot be named in code, and a role that is not listed may not.
 *
 * - `producer` belongs in the hands of a serving application: it sends, and reads nothing back.
 * - `engineer` runs models: deployments, monitors, alerts. It may send predictions too, since it tries them out.
 * - `approver` decides about alerts and approvals; it is never implied by `admin`, so that whoever hands out keys does not also approve.
 * - `auditor` reads everything, the audit trail included, and changes nothing.
 * - `admin` runs the installation: keys, roles, rebuilds.
 */
export const PERMISSIONS = {
  read: ['admin', 'approver', 'auditor', 'engineer'],
  'predictions.write': ['producer', 'engineer', 'admin'],
  'labels.write': ['producer', 'engineer', 'admin'],
  'predictions.read': ['admin', 'approver', 'auditor', 'engineer'],
  'deployments.write': ['engineer', 'admin'],
  'monitors.write': ['engineer', 'admin'],
  'alerts.acknowledge': ['engineer', 'approver', 'admin'],
  'alerts.silence': ['engineer', 'approver', 'admin'],
  'alerts.clear': ['engineer', 'approver', 'admin'],
  'approvals.write': ['approver'],
  'audit.read': ['auditor', 'approver', 'admin'],
  'keys.read': ['admin', 'auditor'],
  'keys.write': ['admin'],
  'metrics.read': ['admin', 'engineer', 'auditor'],
  'operations.read': ['admin', 'engineer', 'auditor'],
  'operations.write': ['admin'],
  /** For what everybody who was recognised may do, such as signing out. */
  any: ['admin', 'approver', 'auditor', 'engineer', 'producer'],
} as const satisfies Record<string, readonly Role[]>;

/** What a route or a GraphQL field asks for. */
export type Action = keyof typeof PERMISSIONS;

/** The roles of which one is enough. */
export const rolesFor = (action: Action): readonly Role[] => PERMISSIONS[action];

export const isPermitted = (roles: readonly Role[], action: Action): boolean => rolesFor(action).some((role) => roles.includes(role));

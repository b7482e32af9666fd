export {
  type AccessEvent,
  type PrincipalEvent,
  type PrincipalKind,
  type Role,
  type Unrecognised,
  AccessDenied,
  CommandRefused,
  IDENTITY_EVENTS,
  KeyIssued,
  KeyRevoked,
  PRINCIPAL_KINDS,
  PrincipalRegistered,
  ROLES,
  RolesGranted,
  RolesRevoked,
  SensitiveDataRead,
  SignedIn,
  SignedOut,
  UNAUTHENTICATED_STREAM,
  UNRECOGNISED,
  UnauthenticatedAttempts,
  accessStream,
  principalIdOf,
  principalStream,
} from './events.js';
export { type IdentityCommand, type IdentityRefusal, GrantRoles, IssueKey, RegisterPrincipal, RevokeKey, RevokeRoles } from './commands.js';
export { type Action, PERMISSIONS, isPermitted, rolesFor } from './permissions.js';
export { type KeyRecord, type Principal, Directory } from './directory.js';
export { type Authentication, type Credentials, type Recognised, Authenticator } from './authenticator.js';
export { type Denial, type SensitiveRead, AccessLog } from './access-log.js';
export { type ApiKey, formatApiKey, newApiKey, parseApiKey } from './keys.js';
export { type AdminKey, type Bootstrap, ADMIN_NAME, ensureAdminKey } from './bootstrap.js';
export { readKeyFile } from './key-file.js';
export { type OperationEvent, OPERATION_EVENTS, ProjectionRebuildBegun, ProjectionRebuilt, ReadModelMigrated } from './operation-events.js';
export { type ProcessCause, processMeta } from './process-meta.js';
export { type Session, Sessions } from './sessions.js';
export { type SignInGrant, SignInLinks } from './sign-in-links.js';
export { IdentityWriteModule } from './write.module.js';

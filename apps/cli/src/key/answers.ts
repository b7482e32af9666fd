import { z } from 'zod';

const Key = z.object({
  keyId: z.string(),
  label: z.string(),
  status: z.enum(['active', 'expired', 'revoked']),
  issuedAt: z.string(),
  expiresAt: z.string().optional(),
  revokedAt: z.string().optional(),
});
const Principal = z.object({ principalId: z.string(), kind: z.string(), name: z.string(), roles: z.array(z.string()), keys: z.array(Key) });
/** What the server answers; unknown fields of a newer server are ignored. */
export const Principals = z.object({ principals: z.array(Principal) });
export const Registered = z.object({ principalId: z.string() });
export const Issued = z.object({
  principalId: z.string(),
  keyId: z.string(),
  key: z.string(),
  label: z.string(),
  expiresAt: z.string().optional(),
});
export const RolesChanged = z.object({ principalId: z.string() });
export const Revoked = z.object({ keyId: z.string() });

/** A principal with its keys, as the server lists it. */
export type ListedPrincipal = z.infer<typeof Principal>;

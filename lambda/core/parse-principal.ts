import * as z from 'zod';
import type { Principal } from './principal.ts';

const principal = z.strictObject({
  issuer: z.string().min(1),
  subject: z.string().min(1),
  claims: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  mfa: z.boolean(),
  authTime: z.number().exactOptional(),
  issuedAt: z.number().exactOptional(),
  expiresAt: z.number(),
  aws: z.strictObject({ accountId: z.string(), organizationId: z.string().exactOptional() }).exactOptional(),
  selfAsserted: z.array(z.string()).exactOptional(),
  integration: z
    .strictObject({
      keyThumbprint: z.string(),
      suspension: z.strictObject({ reason: z.string() }).exactOptional(),
    })
    .exactOptional(),
  proofId: z.string().exactOptional(),
});

/** A principal that another function of the broker proved and wrote as JSON; `undefined` for anything else. */
export function parsePrincipal(value: unknown): Principal | undefined {
  // Without the parser's error: that quotes claims, and errors are logged.
  return principal.safeParse(value).data;
}

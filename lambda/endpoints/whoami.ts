import type { Principal } from '../core/principal.ts';
import type { Endpoint } from '../http/endpoint.ts';

/** `GET /v1/whoami`: the principal as policy sees it, and the address that conditions are decided on. */
export const createWhoami =
  (): Endpoint =>
  async ({ principal, origin }) => ({
    status: 200,
    body: {
      issuer: principal.issuer,
      subject: principal.subject,
      claims: principal.claims,
      ...(principal.selfAsserted === undefined ? {} : { selfAsserted: principal.selfAsserted }),
      ...(principal.aws === undefined ? {} : { aws: toAwsKeys(principal.subject, principal.aws) }),
      mfa: principal.mfa,
      ...(principal.authTime === undefined ? {} : { authTime: toIso(principal.authTime) }),
      ...(principal.issuedAt === undefined ? {} : { issuedAt: toIso(principal.issuedAt) }),
      expiresAt: toIso(principal.expiresAt),
      sourceIp: origin.sourceIp,
    },
  });

/** In the words of the condition keys. */
const toAwsKeys = (PrincipalArn: string, { accountId, organizationId }: NonNullable<Principal['aws']>) => ({
  PrincipalArn,
  PrincipalAccount: accountId,
  ...(organizationId === undefined ? {} : { PrincipalOrgID: organizationId }),
});

const toIso = (seconds: number) => new Date(seconds * 1000).toISOString();

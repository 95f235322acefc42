import { type IamRefusal, IdentityRefusedError } from './authentication-errors.ts';
import type { ClaimType, IamIssuer } from './configuration.ts';
import { isAdmitted } from './is-admitted.ts';
import type { Principal } from './principal.ts';

/** What API Gateway's IAM authorization says of the caller, in `requestContext.identity`. Nothing of it is a client's. */
export interface IamIdentity {
  /** `arn:aws:sts::…:assumed-role/<role>/<session>` without the role's path, or a user's ARN. */
  readonly userArn: string;
  /** IAM's unique id, for sessions with `:<session>` behind it. */
  readonly caller: string;
  readonly accountId: string;
  /** Where the account is in an organization. */
  readonly principalOrgId?: string;
}

/** What the claims of an `iam` issuer can be. `sessionName` is shown as well, but the caller chooses it. */
export const iamClaims: ReadonlyMap<string, { readonly type: ClaimType }> = new Map([
  ['principalType', { type: 'string' }],
  ['permissionSet', { type: 'string' }],
  ['user', { type: 'string' }],
]);

/** Seconds: API Gateway takes a signature for five minutes. */
const signatureLifetimeSeconds = 300;

/**
 * The principal whom a signature under `/iam/v1` proves. Its subject is the ARN of the role or the user, without the
 * session name, which whoever assumes the role chooses. A federated user's name is part of its ARN, as in IAM: it is
 * as good as the account's control over `sts:GetFederationToken`.
 *
 * @throws IdentityRefusedError for the root user, for what is no identity, and outside the issuer's limits
 */
export function toIamPrincipal(identity: IamIdentity, issuer: IamIssuer, nowMs: number): Principal {
  const { accountId, principalOrgId } = identity;
  const parsed = parseIdentity(identity);
  if (issuer.accounts !== undefined && !issuer.accounts.includes(accountId)) {
    refuse('account', `account ${accountId} is not one of the issuer's`);
  }
  if (issuer.organizationId !== undefined && principalOrgId !== issuer.organizationId) {
    refuse('organization', `account ${accountId} is not in the issuer's organization`);
  }
  const person = toIdentityCenterUser(parsed, accountId, issuer);
  const principal: Principal = {
    issuer: issuer.name,
    subject: parsed.subject,
    claims: {
      principalType: parsed.principalType,
      ...(parsed.sessionName === undefined ? {} : { sessionName: parsed.sessionName }),
      ...person,
    },
    ...(parsed.sessionName === undefined ? {} : { selfAsserted: ['sessionName'] }),
    mfa: person !== undefined && issuer.mfa.permissionSets.includes(person.permissionSet),
    expiresAt: Math.floor(nowMs / 1000) + signatureLifetimeSeconds,
    aws: { accountId, ...(principalOrgId === undefined ? {} : { organizationId: principalOrgId }) },
  };
  if (isAdmitted(principal, issuer, nowMs)) return principal;
  return refuse('not-admitted', 'the admit statements of the issuer do not allow it');
}

interface ParsedIdentity {
  readonly principalType: 'User' | 'Role' | 'AssumedRole' | 'FederatedUser';
  readonly subject: string;
  /** A role's name without its path, which an assumed role's ARN does not have. */
  readonly roleName?: string;
  readonly sessionName?: string;
}

const name = '[\\w+=,.@-]{1,64}';
const arnForms = [
  ['User', new RegExp(`^arn:(aws[a-z-]*):iam::(\\d{12}):user/(?:[!-.0-~]+/)*${name}$`)],
  ['Role', new RegExp(`^arn:(aws[a-z-]*):iam::(\\d{12}):role/(?:[!-.0-~]+/)*${name}$`)],
  ['AssumedRole', new RegExp(`^arn:(aws[a-z-]*):sts::(\\d{12}):assumed-role/(${name})/(${name})$`)],
  ['FederatedUser', new RegExp(`^arn:(aws[a-z-]*):sts::(\\d{12}):federated-user/${name}$`)],
] as const;

function parseIdentity({ userArn, caller, accountId }: IamIdentity): ParsedIdentity {
  for (const [principalType, form] of arnForms) {
    const [, partition, account, roleName, sessionName] = form.exec(userArn) ?? [];
    if (partition === undefined) continue;
    if (account !== accountId) refuse('malformed-identity', 'userArn is of another account than accountId');
    if (roleName === undefined || sessionName === undefined) return { principalType, subject: userArn };
    // The unique id ends in the session's name too: an event in which they differ is not API Gateway's.
    if (!caller.endsWith(`:${sessionName}`))
      refuse('malformed-identity', 'caller is of another session than userArn');
    return {
      principalType,
      subject: `arn:${partition}:iam::${account}:role/${roleName}`,
      roleName,
      sessionName,
    };
  }
  if (/^arn:aws[a-z-]*:iam::\d{12}:root$/.test(userArn)) refuse('root-user', 'the root user of an account');
  return refuse('malformed-identity', 'userArn is not of a user, a role, a role session or a federated user');
}

/** `AWSReservedSSO_<permission set>_<16 hexadecimal digits>`: what IAM Identity Center calls the roles it makes. */
const reservedRole = /^AWSReservedSSO_([\w+=,.@-]{1,32})_[0-9a-f]{16}$/;

function toIdentityCenterUser(
  { roleName = '', sessionName }: ParsedIdentity,
  accountId: string,
  { identityCenterAccounts }: IamIssuer,
): { readonly permissionSet: string; readonly user: string } | undefined {
  const permissionSet = reservedRole.exec(roleName)?.[1];
  if (permissionSet === undefined || sessionName === undefined) return undefined;
  return identityCenterAccounts.includes(accountId) ? { permissionSet, user: sessionName } : undefined;
}

function refuse(reason: IamRefusal, detail: string): never {
  throw new IdentityRefusedError(reason, { detail });
}

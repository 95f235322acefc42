import { type IamRefusal, IdentityRefusedError } from './authentication-errors.ts';
import type { ClaimType, IamIssuer } from './configuration.ts';
import type { DeployedIamIssuer } from './find-iam-issuer.ts';
import { isAdmitted } from './is-admitted.ts';
import type { Principal } from './principal.ts';

/** What API Gateway's IAM authorization says of the caller, in `requestContext.identity`. Nothing of it is a client's. */
export interface IamIdentity {
  /** `arn:aws:sts::…:assumed-role/<role>/<session>` without the role's path, or a user's ARN. */
  readonly userArn: string;
  /** IAM's unique id, for sessions with `:<session>` behind it; `<account>:<name>` of a federated user. */
  readonly caller: string;
  readonly accountId: string;
  /** Where the account is in an organization. */
  readonly principalOrgId?: string;
  /** Where the signature was made with credentials of a Cognito identity pool. */
  readonly cognitoIdentityId?: string;
  /** Of the key that the signature was made with. */
  readonly accessKeyId?: string;
  /** See `Principal.aws`. */
  readonly guardedProfile?: string;
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
export function toIamPrincipal(identity: IamIdentity, issuer: DeployedIamIssuer, nowMs: number): Principal {
  const { accountId, principalOrgId, accessKeyId, guardedProfile } = identity;
  const parsed = parseIdentity(identity, issuer.partition);
  requireHeard(identity, issuer);
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
    aws: {
      accountId,
      ...(principalOrgId === undefined ? {} : { organizationId: principalOrgId }),
      ...(accessKeyId === undefined ? {} : { accessKeyId }),
      ...(guardedProfile === undefined ? {} : { guardedProfile }),
    },
  };
  if (isAdmitted(principal, issuer, nowMs)) return principal;
  return refuse('not-admitted', 'the admit statements of the issuer do not allow it');
}

function requireHeard(identity: IamIdentity, { accounts, organizationId }: IamIssuer): void {
  const { accountId, principalOrgId, cognitoIdentityId } = identity;
  if (accounts !== undefined && !accounts.includes(accountId)) {
    refuse('account', `account ${accountId} is not one of the issuer's`);
  }
  if (organizationId !== undefined && principalOrgId !== organizationId) {
    refuse('organization', `account ${accountId} is not in the issuer's organization`);
  }
  // One role for all of a pool's users, the guests among them: its ARN tells none from another. Their OIDC token does.
  if (cognitoIdentityId !== undefined) {
    refuse(
      'not-admitted',
      'a session of a Cognito identity pool, which may be any user or guest of the pool',
    );
  }
}

interface ParsedIdentity {
  readonly principalType: 'User' | 'Role' | 'AssumedRole' | 'FederatedUser';
  readonly subject: string;
  /** A role's name without its path, which an assumed role's ARN does not have. */
  readonly roleName?: string;
  readonly sessionName?: string;
}

/** Names hold no colon and paths no slash of their own, so each ARN can be read in one way. */
const name = '[\\w+=,.@-]{1,64}';
const pathAndName = `(?:[!-.0-~]{1,510}/)*${name}`;

/** Behind the account id. Source: IAM User Guide, "IAM identifiers". */
const forms = [
  ['User', new RegExp(`^iam:user/${pathAndName}$`)],
  ['Role', new RegExp(`^iam:role/${pathAndName}$`)],
  ['AssumedRole', new RegExp(`^sts:assumed-role/(?<roleName>${name})/(?<chosen>[\\w+=,.@-]{2,64})$`)],
  ['FederatedUser', /^sts:federated-user\/(?<chosen>[\w+=,.@-]{2,32})$/],
] as const;

function parseIdentity({ userArn, caller, accountId }: IamIdentity, partition: string): ParsedIdentity {
  const { ofPartition, service, account, resource } =
    /^arn:(?<ofPartition>[\w-]+):(?<service>iam|sts)::(?<account>\d{12}):(?<resource>[!-~]{1,640})$/.exec(
      userArn,
    )?.groups ?? {};
  if (account === undefined) return refuseArn();
  // Another partition's account may have the number of one that is listed.
  if (ofPartition !== partition)
    refuse('malformed-identity', 'userArn is of another partition than this API');
  if (account !== accountId) refuse('malformed-identity', 'userArn is of another account than accountId');
  if (resource === 'root') refuse('root-user', 'the root user of an account');
  for (const [principalType, form] of forms) {
    const found = form.exec(`${service}:${resource}`);
    if (found === null) continue;
    const { roleName, chosen } = found.groups ?? {};
    requireCaller(caller, chosen);
    if (roleName === undefined || chosen === undefined) return { principalType, subject: userArn };
    const subject = `arn:${partition}:iam::${account}:role/${roleName}`;
    return { principalType, subject, roleName, sessionName: chosen };
  }
  return refuseArn();
}

/**
 * IAM's unique id, or what comes before the name that was chosen for the session: the event is not API Gateway's when it
 * is of another session than the ARN.
 */
function requireCaller(caller: string, chosen: string | undefined): void {
  const [id, ofCaller] = /^[A-Z0-9]{4,128}(?::([\w+=,.@-]{2,64}))?$/.exec(caller) ?? [];
  if (id !== undefined && ofCaller === chosen) return;
  refuse('malformed-identity', 'caller is of another identity than userArn');
}

function refuseArn(): never {
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

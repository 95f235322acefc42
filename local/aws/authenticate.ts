import { compilePolicy, identityPolicyGrammar } from '../../lambda/core/policy/compile-policy.ts';
import type { Policy } from '../../lambda/core/policy/policy.ts';
import type { User, World } from '../world.ts';
import { AwsError } from './aws-error.ts';
import {
  type Caller,
  toFederatedCaller,
  toRootCaller,
  toSessionCaller,
  toUserCaller,
  toUserSessionCaller,
} from './caller.ts';
import { toSecretAccessKey } from './credentials.ts';
import type { DataKey } from './data-key.ts';
import type { AwsRequest } from './exchange.ts';
import type { ExpiredCredentials } from './expired-credentials.ts';
import { type RoleSession, type Session, unsealSession } from './sealed-session.ts';
import { parseSignatureParameters, type SignatureParameters } from './signature-parameters.ts';
import { findRootTask } from './sts/root-tasks.ts';
import { checkScope, checkSignature, type Scope } from './verify-signature.ts';

export interface AuthenticationOptions {
  readonly world: World;
  /** Long-term keys. @default those of the world, which never change */
  readonly accessKeys?: AccessKeys;
  readonly key: DataKey;
  readonly expired: ExpiredCredentials;
  readonly now: () => number;
}

export interface AccessKeys {
  /** `undefined` for a key that isn't good: unknown, inactive, deleted or not yet accepted. */
  find(accessKeyId: string): AccessKey | undefined;
}

export interface AccessKey {
  readonly user: User;
  readonly secretAccessKey: string;
}

export interface Authentication {
  readonly caller: Caller;
  /** The region that the request was signed for. */
  readonly region: string;
  /** Of the caller's account; absent where that is in none. */
  readonly organizationId?: string;
}

/** Whose temporary credentials these are, if they are good; that the secret goes with them is for the caller to check. */
export type IdentifySession = (credentials: {
  readonly accessKeyId: string;
  readonly sessionToken?: string;
}) => Caller;

export type Authenticate = (request: AwsRequest, scope: Scope) => Authentication;

/**
 * Proves who signed a request, in the order in which AWS looks: scope, then whether the credentials are valid at all,
 * then the signature.
 */
export function createAuthenticate(options: AuthenticationOptions): Authenticate {
  return (request, scope) => {
    const signature = parseSignatureParameters(request);
    checkScope(signature, scope, options.now());
    const caller = signature.accessKeyId.startsWith('ASIA')
      ? authenticateSession(request, signature, options)
      : authenticateUser(request, signature, options.accessKeys ?? toFixedKeys(options.world));
    if (scope.service === 'iam' && !mayCallIam(caller)) throw invalidToken();
    const organizationId = options.world.accounts.get(caller.accountId)?.organizationId;
    return { caller, region: signature.region, ...(organizationId === undefined ? {} : { organizationId }) };
  };
}

/**
 * Federated users and the sessions of GetSessionToken without MFA are unknown to IAM, whatever their policies say.
 * Source: IAM guide, "Compare AWS STS credentials"; the answer is the one that users report.
 */
function mayCallIam(caller: Caller): boolean {
  if (caller.type === 'federated-user') return false;
  return caller.type !== 'user' || caller.session?.mfaAuthenticated !== false;
}

function authenticateUser(
  request: AwsRequest,
  signature: SignatureParameters,
  accessKeys: AccessKeys,
): Caller {
  const key = accessKeys.find(signature.accessKeyId);
  if (key === undefined) throw invalidToken();
  checkSignature(request, signature, key.secretAccessKey);
  if (signature.sessionToken !== undefined) throw invalidToken();
  return toUserCaller(key.user, signature.accessKeyId);
}

const toFixedKeys = ({ users }: World): AccessKeys => ({
  find: (accessKeyId) => {
    const user = users.get(accessKeyId);
    return user && { user, secretAccessKey: user.secretAccessKey };
  },
});

function authenticateSession(
  request: AwsRequest,
  signature: SignatureParameters,
  options: AuthenticationOptions,
): Caller {
  const caller = createIdentifySession(options)(signature);
  checkSignature(request, signature, toSecretAccessKey(signature.accessKeyId, options.key));
  return caller;
}

/** @throws AwsError InvalidClientTokenId, ExpiredToken */
export const createIdentifySession =
  ({ world, key, expired, now }: AuthenticationOptions): IdentifySession =>
  ({ accessKeyId, sessionToken }) => {
    const session = sessionToken === undefined ? undefined : unsealSession(sessionToken, key.tokens);
    if (session?.accessKeyId !== accessKeyId) throw invalidToken();
    if (session.expiresAtSeconds * 1000 <= now() || expired.has(accessKeyId)) {
      throw new AwsError('ExpiredToken', 403, 'The security token included in the request is expired');
    }
    const caller = findSessionCaller(session, world);
    if (caller === undefined) throw invalidToken();
    return caller;
  };

/** `undefined` when the role or the user is no more. A user's session outlives the key that it was got with. */
function findSessionCaller(session: Session, world: World): Caller | undefined {
  if (session.type === 'role') {
    const role = world.roles.get(session.roleArn);
    return role && toSessionCaller(session, role, toSessionPolicies(session, world));
  }
  if (session.type === 'root') {
    const task = findRootTask(session.taskPolicyArn);
    return task && toRootCaller(session, task);
  }
  const user = world.allUsers.get(session.userArn);
  if (user === undefined) return undefined;
  if (session.type === 'user') return toUserSessionCaller(session, user);
  return toFederatedCaller(session, user, toSessionPolicies(session, world) ?? []);
}

/** A managed policy that has gone allows nothing: the session keeps the limit, not the permission. */
function toSessionPolicies(
  session: Pick<RoleSession, 'policy' | 'policyArns'>,
  world: World,
): readonly Policy[] | undefined {
  if (session.policy === undefined && session.policyArns.length === 0) return undefined;
  return [
    ...(session.policy === undefined
      ? []
      : [compilePolicy(JSON.parse(session.policy), identityPolicyGrammar)]),
    ...session.policyArns.map((arn) => world.managedPolicies.get(arn) ?? { statements: [] }),
  ];
}

const invalidToken = (): AwsError =>
  new AwsError('InvalidClientTokenId', 403, 'The security token included in the request is invalid.');

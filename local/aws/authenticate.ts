import { compilePolicy, identityPolicyGrammar } from '../../lambda/core/policy/compile-policy.ts';
import type { Policy } from '../../lambda/core/policy/policy.ts';
import type { World } from '../world.ts';
import { AwsError } from './aws-error.ts';
import { type Caller, toSessionCaller, toUserCaller } from './caller.ts';
import { toSecretAccessKey } from './credentials.ts';
import type { DataKey } from './data-key.ts';
import type { AwsRequest } from './exchange.ts';
import type { ExpiredCredentials } from './expired-credentials.ts';
import { type Session, unsealSession } from './sealed-session.ts';
import { parseSignatureParameters, type SignatureParameters } from './signature-parameters.ts';
import { checkScope, checkSignature, type Scope } from './verify-signature.ts';

export interface AuthenticationOptions {
  readonly world: World;
  readonly key: DataKey;
  readonly expired: ExpiredCredentials;
  readonly now: () => number;
}

export interface Authentication {
  readonly caller: Caller;
  /** The region that the request was signed for. */
  readonly region: string;
  /** Of the caller's account; absent where that is in none. */
  readonly organizationId?: string;
}

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
      : authenticateUser(request, signature, options.world);
    const organizationId = options.world.accounts.get(caller.accountId)?.organizationId;
    return { caller, region: signature.region, ...(organizationId === undefined ? {} : { organizationId }) };
  };
}

function authenticateUser(request: AwsRequest, signature: SignatureParameters, world: World): Caller {
  const user = world.users.get(signature.accessKeyId);
  if (user === undefined) throw invalidToken();
  checkSignature(request, signature, user.secretAccessKey);
  if (signature.sessionToken !== undefined) throw invalidToken();
  return toUserCaller(user);
}

function authenticateSession(
  request: AwsRequest,
  signature: SignatureParameters,
  { world, key, expired, now }: AuthenticationOptions,
): Caller {
  const { accessKeyId, sessionToken } = signature;
  const session = sessionToken === undefined ? undefined : unsealSession(sessionToken, key.tokens);
  if (session?.accessKeyId !== accessKeyId) throw invalidToken();
  if (session.expiresAtSeconds * 1000 <= now() || expired.has(accessKeyId)) {
    throw new AwsError('ExpiredToken', 403, 'The security token included in the request is expired');
  }
  const role = world.roles.get(session.roleArn);
  if (role === undefined) throw invalidToken();
  checkSignature(request, signature, toSecretAccessKey(accessKeyId, key));
  return toSessionCaller(session, role, toSessionPolicies(session, world));
}

/** A managed policy that has gone allows nothing: the session keeps the limit, not the permission. */
function toSessionPolicies(session: Session, world: World): readonly Policy[] | undefined {
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

import { authorize } from '../../../lambda/core/policy/authorize.ts';
import { toAccessDeniedMessage } from '../access-denied.ts';
import { AwsError } from '../aws-error.ts';
import {
  toCallerPolicies,
  toFederatedArn,
  toFederatedId,
  toRequestPrincipal,
  type UserCaller,
} from '../caller.ts';
import { mintCredentials } from '../credentials.ts';
import { tagContext, toPrincipalContext } from '../principal-context.ts';
import { checkText, requireNoProblems, type TextConstraint } from './constraints.ts';
import { toCredentialsElement } from './credentials-element.ts';
import { toPackedPolicySize } from './packed-policy-size.ts';
import type { Parameters } from './query-protocol.ts';
import {
  namePattern,
  readSessionParameters,
  requireKnownPolicies,
  type SessionParameters,
  toSessionParameters,
} from './session-parameters.ts';
import { toTrailCredentials, toTrailSession } from './session-trail.ts';
import type { JsonObject, StsCall, StsOperation, StsResult } from './sts-call.ts';

/** Source: STS API reference, GetFederationToken, for IAM users. */
const maximumSeconds = 129_600;
const defaultSeconds = 43_200;
const nameConstraint: TextConstraint = { required: true, minLength: 2, maxLength: 32, pattern: namePattern };

export const getFederationToken: StsOperation = { run, toRequestParameters, readOnly: false };

function run(call: StsCall): StsResult {
  const { caller, world, key, nowMs } = call;
  const request = parseRequest(call.parameters);
  if (caller.type !== 'user') {
    throw new AwsError('AccessDenied', 403, 'Cannot call GetFederationToken with session credentials');
  }
  const { name, policy, policyArns, tags, durationSeconds = defaultSeconds } = request;
  requireKnownPolicies(policyArns, world.managedPolicies);
  const federatedUser = { id: toFederatedId(caller.user, name), arn: toFederatedArn(caller.user, name) };
  authorizeFederation(call, { caller, tags, arn: federatedUser.arn });
  const inline = policy === undefined ? {} : { policy };
  const packedPolicySize = toPackedPolicySize({ policyArns, tags, ...inline });
  const credentials = mintCredentials(
    {
      type: 'federated-user',
      userArn: caller.arn,
      name,
      tags: Object.fromEntries(tags),
      policyArns: [...policyArns],
      ...inline,
    },
    { key, nowMs, durationSeconds },
  );
  return {
    result: {
      Credentials: toCredentialsElement(credentials),
      FederatedUser: { FederatedUserId: federatedUser.id, Arn: federatedUser.arn },
      PackedPolicySize: packedPolicySize,
    },
    responseElements: {
      credentials: toTrailCredentials(credentials),
      federatedUser: { federatedUserId: federatedUser.id, arn: federatedUser.arn },
      ...(packedPolicySize === undefined ? {} : { packedPolicySize }),
    },
  };
}

/** Tags can't be transitive: there's no parameter to say so. */
function parseRequest(parameters: Parameters): SessionParameters & { readonly name: string } {
  const name = parameters.get('Name');
  const session = readSessionParameters(parameters, maximumSeconds);
  requireNoProblems([...checkText('name', name, nameConstraint), ...session.problems]);
  return { ...toSessionParameters(session), name: name ?? '' };
}

/**
 * Each of the actions is the user's own policies' matter; the resource is the federated user to be.
 * @throws AwsError AccessDenied
 */
function authorizeFederation(
  { region, sourceIp, nowMs }: StsCall,
  { caller, tags, arn }: { caller: UserCaller; tags: ReadonlyMap<string, string>; arn: string },
): void {
  const context = new Map<string, string | readonly string[]>([
    ...toPrincipalContext(caller, { region, sourceIp, nowMs }),
    ['aws:resourceaccount', caller.accountId],
    ...tagContext('aws:requesttag', [...tags]),
    ...(tags.size === 0 ? [] : [['aws:tagkeys', [...tags.keys()]] as const]),
  ]);
  const actions = [...(tags.size === 0 ? [] : ['sts:TagSession']), 'sts:GetFederationToken'];
  for (const action of actions) {
    const outcome = authorize({
      request: { principal: toRequestPrincipal(caller), action, resource: arn, context },
      ...toCallerPolicies(caller),
      resourceAccountId: caller.accountId,
    });
    if (outcome.effect === 'Allow') continue;
    const message = toAccessDeniedMessage(caller.arn, { action, resource: arn, outcome });
    throw new AwsError('AccessDenied', 403, message);
  }
}

function toRequestParameters({ parameters }: StsCall): JsonObject {
  const name = parameters.get('Name');
  return { ...(name === undefined ? {} : { name }), ...toTrailSession(parameters) };
}

import { type Authorization, authorize } from '../../lambda/core/policy/authorize.ts';
import { compilePolicy, resourcePolicyGrammar } from '../../lambda/core/policy/compile-policy.ts';
import { evaluatePolicy } from '../../lambda/core/policy/evaluate-policy.ts';
import type { Policy } from '../../lambda/core/policy/policy.ts';
import type { Authentication } from '../aws/authenticate.ts';
import { toCallerPolicies, toRequestPrincipal } from '../aws/caller.ts';
import { toIsoSeconds, toPrincipalContext } from '../aws/principal-context.ts';
import { GatewayRefusal } from './gateway-refusal.ts';

/** The resource policy of the API. Source: API Gateway guide, "How resource policies affect authorization workflow". */
export interface ResourcePolicy {
  /**
   * Lets a request through that nobody signed, where the policy allows everybody. API Gateway itself needs the Allow
   * where a method has no authorization, and asks for no more than the absence of a Deny before a Lambda authorizer:
   * here a method that the policy forgot shows either way.
   *
   * @throws GatewayRefusal
   */
  requireForAnybody(request: PolicyRequest): void;
  /**
   * Lets a signed request through where policy and caller's own policies agree on it: of one account an Allow on
   * either side suffices, of two it takes both, and a Deny on any side refuses.
   *
   * @throws GatewayRefusal
   */
  requireForCaller(request: PolicyRequest, authentication: Authentication): void;
}

export interface PolicyRequest {
  readonly methodArn: string;
  readonly sourceIp: string;
  readonly nowMs: number;
}

const action = 'execute-api:Invoke';

/**
 * @param options.document as the stack deploys it
 * @throws PolicyError for what is no policy
 */
export function createResourcePolicy(options: {
  readonly document: unknown;
  readonly accountId: string;
  readonly region: string;
}): ResourcePolicy {
  const policy = compilePolicy(options.document, resourcePolicyGrammar);
  return {
    requireForAnybody: (request) => {
      const { effect } = evaluatePolicy([policy], {
        // Of nobody in particular: no pattern but `*` matches it.
        principal: { type: 'Federated', provider: 'anonymous' },
        action,
        resource: request.methodArn,
        context: toAnonymousContext(request, options.region),
      });
      if (effect !== 'Allow') throw refusal(`the API's resource policy says ${effect}`);
    },
    requireForCaller: (request, authentication) => {
      const outcome = authorizeCaller(toAuthorization(request, authentication, options), policy);
      if (outcome.effect === 'Allow') return;
      throw refusal(`${outcome.source} says ${outcome.effect} to ${authentication.caller.arn}`);
    },
  };
}

/** Where STS needs the trust policy's Allow in any case, API Gateway takes the caller's own within the account. */
function authorizeCaller(authorization: Authorization, resourcePolicy: Policy) {
  const outcome = authorize({ ...authorization, resourcePolicy });
  return outcome.effect === 'ImplicitDeny' ? authorize(authorization) : outcome;
}

function toAuthorization(
  { methodArn, sourceIp, nowMs }: PolicyRequest,
  { caller, organizationId }: Authentication,
  { accountId, region }: { readonly accountId: string; readonly region: string },
): Authorization {
  return {
    request: {
      principal: toRequestPrincipal(caller),
      action,
      resource: methodArn,
      context: new Map([
        ...toPrincipalContext(caller, { region, sourceIp, nowMs }),
        ...(organizationId === undefined ? [] : [['aws:principalorgid', organizationId] as const]),
        ['aws:resourceaccount', accountId],
      ]),
    },
    ...toCallerPolicies(caller),
    resourceAccountId: accountId,
  };
}

/** Source: IAM guide, "Principal key values", for anonymous callers. */
const toAnonymousContext = ({ sourceIp, nowMs }: PolicyRequest, region: string) =>
  new Map([
    ['aws:currenttime', toIsoSeconds(nowMs)],
    ['aws:epochtime', String(Math.floor(nowMs / 1000))],
    ['aws:principaltype', 'Anonymous'],
    ['aws:requestedregion', region],
    ['aws:securetransport', 'true'],
    ['aws:sourceip', sourceIp],
    ['aws:userid', 'anonymous'],
  ]);

const refusal = (reason: string) => new GatewayRefusal('ACCESS_DENIED', reason);

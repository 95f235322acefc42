import { type Authorization, authorize } from '../../lambda/core/policy/authorize.ts';
import {
  compilePolicy,
  identityPolicyGrammar,
  resourcePolicyGrammar,
} from '../../lambda/core/policy/compile-policy.ts';
import { type ApiPolicy, createApiPolicy, type ToResource } from '../../lib/api-policy.ts';
import { aConfiguration, aProfileDocument } from './a-configuration.ts';

/** The broker's own account, as `aConfiguration` has it. */
export const ownAccount = '111111111111';
export const ourOrganization = 'o-exampleorg1';

/** Whoever calls the API, as far as its resource policy can see. */
export interface ApiCaller {
  /** `undefined`: nobody signed. */
  readonly accountId?: string;
  readonly arn?: string;
  readonly organizationId?: string;
  /** `undefined`: signed with long-term keys, which lack the key. */
  readonly mfa?: boolean;
  /** Through which VPC endpoint of the API it came. @default through none */
  readonly vpcEndpointId?: string;
  /** Whether its own policies allow it all of execute-api. @default true */
  readonly hasOwnAllow?: boolean;
}

export const anonymous: ApiCaller = {};

/** A role session of that account; of our organization unless told otherwise. */
export const aRoleOf = (accountId: string, caller: Partial<ApiCaller> = {}): ApiCaller => ({
  accountId,
  arn: `arn:aws:sts::${accountId}:assumed-role/Worker/session`,
  organizationId: ourOrganization,
  mfa: false,
  ...caller,
});

export const withoutOrganization = ({ organizationId: _, ...caller }: ApiCaller): ApiCaller => caller;
export const withLongTermKeys = ({ mfa: _, ...caller }: ApiCaller): ApiCaller => ({
  ...caller,
  arn: `arn:aws:iam::${caller.accountId}:user/worker`,
});

export const toMethodArn: ToResource = (method, path) =>
  `arn:aws:execute-api:eu-west-1:${ownAccount}:a1b2c3d4e5/prod/${method}${path}`;

/** The API's policy for that issuer of type `iam`, or without any. */
export function anApiPolicy(issuer: Readonly<Record<string, unknown>> | undefined): ApiPolicy {
  const okta = { type: 'oidc', issuer: 'https://example.okta.com', audience: 'daypass' };
  const configuration = aConfiguration({
    issuers: { okta, ...(issuer === undefined ? {} : { aws: { type: 'iam', ...issuer } }) },
    profiles: { prod: aProfileDocument(), 'prod-2': aProfileDocument(), iam: aProfileDocument() },
    integrations: { trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }] },
  });
  return createApiPolicy({ configuration, toResource: toMethodArn });
}

const allowAll = compilePolicy(
  { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'execute-api:*', Resource: '*' }] },
  identityPolicyGrammar,
);

/**
 * What becomes of a request by the policies alone. Of the API's own account an Allow on either side suffices; of
 * another it takes both. Source: API Gateway guide, "How API Gateway resource policies affect authorization workflow".
 */
export function decideOnApi(document: unknown, caller: ApiCaller, methodArn: string) {
  const { accountId, arn = '', hasOwnAllow = true } = caller;
  const authorization: Authorization = {
    request: {
      principal:
        accountId === undefined
          ? { type: 'Federated', provider: 'anonymous' }
          : { type: 'AWS', arn, accountId },
      action: 'execute-api:Invoke',
      resource: methodArn,
      context: toContext(caller),
    },
    identityPolicies: hasOwnAllow && accountId !== undefined ? [allowAll] : [],
    resourceAccountId: ownAccount,
  };
  const resourcePolicy = compilePolicy(document, resourcePolicyGrammar);
  const outcome = authorize({ ...authorization, resourcePolicy });
  return outcome.effect === 'ImplicitDeny' ? authorize(authorization) : outcome;
}

function toContext({ accountId, arn = '', organizationId, mfa, vpcEndpointId }: ApiCaller) {
  return new Map([
    ...(accountId === undefined
      ? []
      : ([
          ['aws:principalaccount', accountId],
          ['aws:principalarn', arn],
        ] as const)),
    ...(organizationId === undefined ? [] : [['aws:principalorgid', organizationId] as const]),
    ...(mfa === undefined ? [] : [['aws:multifactorauthpresent', String(mfa)] as const]),
    ...(vpcEndpointId === undefined ? [] : [['aws:sourcevpce', vpcEndpointId] as const]),
  ]);
}

import type { Configuration, Deployment, IamIssuer } from '../lambda/core/configuration.ts';
import { ConfigurationError } from '../lambda/core/configuration-error.ts';
import { findIamIssuer } from '../lambda/core/find-iam-issuer.ts';
import { sha256 } from '../lambda/core/sha256.ts';
import { toDeployedRoutes } from '../lambda/http/deployed-routes.ts';
import type { HttpMethod, Route } from '../lambda/http/routes.ts';

/** A statement of the API's resource policy. */
export interface ApiPolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: '*';
  readonly Action: 'execute-api:Invoke';
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface ApiPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly ApiPolicyStatement[];
}

/** Names methods of the one API by a path in which `*` is any text, slashes included. */
export type ToResource = (method: HttpMethod, path: string) => string;

/** Bytes, white space left out. Source: API Gateway guide, "Quotas for configuring and running a REST API". */
export const maxApiPolicyBytes = 8192;

/**
 * Who reaches which method at all, before any function runs: everybody the open and the token routes, and the issuer
 * of type `iam`'s accounts and organization those under `/iam`. The Denies repeat the limits, because a caller of the
 * broker's own account needs no Allow here where its own policies have one. They are on `/iam` alone: a Deny on the
 * organization would hit every request without a signature.
 *
 * @throws ConfigurationError when the policy is larger than API Gateway takes
 */
export function createApiPolicy(options: ApiPolicyOptions & { readonly toResource: ToResource }): ApiPolicy {
  const { configuration } = options;
  requireSize(toExpandedPolicy(options), configuration);
  return toPolicy(options, options.toResource);
}

export interface ApiPolicyOptions {
  readonly configuration: Configuration;
  /** Of a private API: through which VPC endpoints it is reached, and through nothing else. @default any network */
  readonly vpcEndpointIds?: readonly string[];
}

/** Changes with the policy: the stage and the functions behind it know by this whether they mean the same one. */
export const toApiPolicyId = (options: ApiPolicyOptions): string =>
  sha256(JSON.stringify(toExpandedPolicy(options)))
    .toString('hex')
    .slice(0, 32);

/** As API Gateway counts it. An endpoint that the same deployment makes has no id yet: one as long stands for it. */
const toExpandedPolicy = ({ configuration, vpcEndpointIds }: ApiPolicyOptions): ApiPolicy =>
  toPolicy(
    {
      configuration,
      ...(vpcEndpointIds === undefined
        ? {}
        : {
            vpcEndpointIds: vpcEndpointIds.map((id) => (isVpcEndpointId(id) ? id : 'vpce-0123456789abcdef0')),
          }),
    },
    toExpandedResource(configuration.deployment),
  );

export const isVpcEndpointId = (id: string): boolean => /^vpce-[0-9a-f]{8,17}$/.test(id);

function toPolicy({ configuration, vpcEndpointIds }: ApiPolicyOptions, toResource: ToResource): ApiPolicy {
  const issuer = findIamIssuer(configuration);
  const routes = toDeployedRoutes(configuration);
  const signed = routes.filter(({ authorization }) => authorization === 'iam');
  const others = routes.filter(({ authorization }) => authorization !== 'iam');
  const scope = { deployment: configuration.deployment, signed };
  const statements = [
    toStatement('AllowUnsigned', 'Allow', toOwnResources(others, toResource)),
    ...(issuer === undefined
      ? [toStatement('DenyAnySignature', 'Deny', under('/iam', scope))]
      : [
          {
            ...toStatement('AllowWithSignature', 'Allow', toOwnResources(signed, toResource)),
            Condition: { StringEquals: toLimits(issuer) },
          },
          ...denyOutsiders(issuer, scope),
          ...denyWithoutMfa(issuer, scope),
        ]),
    toStatement('DenyOtherSpellings', 'Deny', otherSpellings(scope)),
    ...(vpcEndpointIds === undefined ? [] : [denyOtherNetworks(vpcEndpointIds, scope)]),
  ];
  return { Version: '2012-10-17', Statement: statements };
}

/** The signed routes: a Deny must name their methods. */
interface Scope {
  readonly deployment: Deployment;
  readonly signed: readonly Route[];
}

const toStatement = (
  Sid: string,
  Effect: ApiPolicyStatement['Effect'],
  Resource: readonly string[],
): ApiPolicyStatement => ({ Sid, Effect, Principal: '*', Action: 'execute-api:Invoke', Resource });

/**
 * Of each method what is below its version, and the few paths beside: the policy has no room for every route. What is
 * none, API Gateway answers itself. What stands before the `*` keeps the unsigned ones out of the signed ones' paths.
 */
const toOwnResources = (those: readonly Route[], toResource: ToResource): readonly string[] => [
  ...new Set(those.map(({ method, path }) => toResource(method, path.replace(/(?<=\/v1\/).*$/, '*')))),
];

function toLimits({
  accounts,
  organizationId,
}: IamIssuer): Readonly<Record<string, string | readonly string[]>> {
  return {
    ...(accounts === undefined ? {} : { 'aws:PrincipalAccount': accounts }),
    ...(organizationId === undefined ? {} : { 'aws:PrincipalOrgID': organizationId }),
  };
}

/** One for each limit: the keys of one Condition would have to fail together. A key that is missing is another value. */
function denyOutsiders(issuer: IamIssuer, scope: Scope): readonly ApiPolicyStatement[] {
  return Object.entries(toLimits(issuer)).map(([key, allowed]) => ({
    ...toStatement(`DenyOther${key.replace('aws:Principal', '')}`, 'Deny', under('/iam', scope)),
    Condition: { StringNotEquals: { [key]: allowed } },
  }));
}

/** A request that came through no VPC endpoint lacks the key, which is then no value of the list either. */
const denyOtherNetworks = (
  vpcEndpointIds: readonly string[],
  { deployment: { partition } }: Scope,
): ApiPolicyStatement => ({
  ...toStatement('DenyOtherNetworks', 'Deny', [`arn:${partition}:execute-api:*:*:*`]),
  Condition: { StringNotEquals: { 'aws:SourceVpce': vpcEndpointIds } },
});

/** `BoolIfExists`, because requests signed with long-term keys lack the key altogether. */
function denyWithoutMfa({ mfa }: IamIssuer, scope: Scope): readonly ApiPolicyStatement[] {
  if (mfa.profiles.length === 0) return [];
  const ofProfiles = { ...scope, signed: scope.signed.filter(({ path }) => path.includes('{profile}')) };
  const resources = mfa.profiles.flatMap((name) => under(`/iam/v1/profiles/${name}`, ofProfiles));
  return [
    {
      ...toStatement('DenyWithoutMfa', 'Deny', resources),
      Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
    },
  ];
}

/**
 * Which spelling of a path API Gateway compares with a policy, and whether it decodes what it hands to a function, is
 * not documented. Were a policy shown `/iam/v1/profiles/pro%64/…` and the function `prod`, the Deny without MFA would
 * not apply. Paths of ours need no `%`, no empty segment and none that begins with a dot; and no route without
 * signature begins like one of these.
 */
const otherSpellings = (scope: Scope): readonly string[] =>
  ['/%*', '//*', '/./*', '/../*', '/v*/.*', '/i*%*', '/i*//*', '/i*/.*'].flatMap((path) =>
    denied(path, scope),
  );

const under = (path: string, scope: Scope): readonly string[] => denied(`${path}/*`, scope);

/**
 * A path of every signed method, in as few bytes as a Deny can do with: of whichever API, because the policy is this
 * one's alone. The methods are named: `*` in their place would go on into the path, and find `/iam/` as the name of a
 * profile. So is the stage, which keeps the `*` before it out of paths that are routes. `?` for a letter of a method
 * would be shorter still, but only `*` is documented for these ARNs.
 */
const denied = (path: string, { deployment: { partition, stage }, signed }: Scope): readonly string[] =>
  [...new Set(signed.map(({ method }) => method))].map(
    (method) => `arn:${partition}:execute-api:*:*:*/${stage}/${method}${path}`,
  );

/** API Gateway puts the API's ARN before each resource that is allowed; its id has ten characters. */
const toExpandedResource =
  ({ partition, region, accountId, stage }: Deployment): ToResource =>
  (method, path) =>
    `arn:${partition}:execute-api:${region}:${accountId}:0123456789/${stage}/${method}${path}`;

function requireSize(policy: ApiPolicy, configuration: Configuration): void {
  const bytes = Buffer.byteLength(JSON.stringify(policy));
  if (bytes <= maxApiPolicyBytes) return;
  const issuer = findIamIssuer(configuration);
  throw new ConfigurationError([
    {
      path: issuer === undefined ? ['deployment', 'stage'] : ['issuers', issuer.name],
      value: `${bytes} bytes of resource policy`,
      allowed: `at most ${maxApiPolicyBytes}, ${bytes - maxApiPolicyBytes} fewer: ${toRemedies(issuer)}`,
    },
  ]);
}

/** What can be made shorter, of what is there. */
function toRemedies(issuer: IamIssuer | undefined): string {
  const { accounts, organizationId, mfa = { profiles: [] } } = issuer ?? {};
  const remedies = [
    ...(mfa.profiles.length === 0 ? [] : ['shorten mfa.profiles']),
    ...(accounts === undefined
      ? []
      : [
          organizationId === undefined
            ? 'shorten accounts, or name organizationId instead'
            : 'leave out accounts, where organizationId says it as well',
        ]),
    'shorten deployment.stage',
  ];
  return remedies.join(', ');
}

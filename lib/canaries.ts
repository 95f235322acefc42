import type { Configuration, Deployment } from '../lambda/core/configuration.ts';
import { ConfigurationError } from '../lambda/core/configuration-error.ts';
import { type Decision, decideIssuance } from '../lambda/core/decide-issuance.ts';
import { findIamIssuer } from '../lambda/core/find-iam-issuer.ts';
import { toRolePath } from '../lambda/core/function-roles.ts';
import type { CanaryExpectation } from '../lambda/core/judge-canary.ts';
import type { Problem } from '../lambda/core/policy/policy.ts';
import { toRequestContext } from '../lambda/core/request-context.ts';
import { toIamPrincipal } from '../lambda/core/to-iam-principal.ts';

/** At most 60 characters, of IAM's 64. Fixed: the profile's trust names the one of them. */
export const toCanaryRoleName = ({ stage, region }: Deployment, expected: CanaryExpectation): string =>
  `daypass-${stage}-${region}-canary-${expected}`;

/** The role that the canaries' profile gives: the stack makes it, and it may do nothing. */
export function toCanaryTargetArn(deployment: Deployment): string {
  const { partition, accountId, stage, region } = deployment;
  return `arn:${partition}:iam::${accountId}:role${toRolePath(deployment)}daypass-${stage}-${region}-canary-target`;
}

/**
 * Whether the configuration gives the one canary its credentials, and not the other, by the very code that decides in
 * the deployment.
 *
 * @throws ConfigurationError that says what the profile has to be
 */
export function checkCanaries(configuration: Configuration, profileName: string): void {
  const problems = findProblems(configuration, profileName);
  if (problems.length > 0) throw new ConfigurationError(problems);
}

/**
 * They ask over the internet, with a signature and nothing else.
 *
 * @throws ConfigurationError for an API that they do not reach
 */
export function checkCanaryAccess(api: CanaryAccess = {}): void {
  const path = ['canaryProfile'];
  const allowed = (what: string) => `leave it out: canaries do not reach an API ${what}`;
  const problems = [
    ...(api.privateAccess === undefined
      ? []
      : [{ path, value: 'with api.privateAccess', allowed: allowed('in a VPC') }]),
    ...(api.domain?.mutualTls === undefined
      ? []
      : [{ path, value: 'with api.domain.mutualTls', allowed: allowed('that wants a certificate of them') }]),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems);
}

/** What of the API's options keeps callers out. */
export interface CanaryAccess {
  readonly privateAccess?: object;
  readonly domain?: { readonly mutualTls?: object };
}

function findProblems(configuration: Configuration, profileName: string): readonly Problem[] {
  const { deployment, profiles } = configuration;
  const profile = profiles.get(profileName);
  const path = ['profiles', profileName];
  const roleArn = toCanaryTargetArn(deployment);
  if (findIamIssuer(configuration) === undefined)
    return [
      { path: ['issuers'], value: undefined, allowed: 'an issuer of type iam: canaries sign their requests' },
    ];
  if (profile?.mechanism !== 'assume-role' || profile.roleArn !== roleArn || profile.via.length > 0)
    return [
      { path, value: profile?.mechanism, allowed: `mechanism assume-role with the roleArn ${roleArn}` },
    ];
  const allowedArn = `arn:${deployment.partition}:iam::${deployment.accountId}:role/${toCanaryRoleName(deployment, 'allowed')}`;
  return [
    ...(decide(configuration, profileName, 'allowed')?.effect === 'Allow'
      ? []
      : [{ path: [...path, 'trust'], value: 'refuses it', allowed: `statements that allow ${allowedArn}` }]),
    ...toRefusedProblems(decide(configuration, profileName, 'refused'), path, allowedArn),
    ...(profile.reasonRequired
      ? [{ path: [...path, 'reasonRequired'], value: true, allowed: 'false: a canary has no reason to give' }]
      : []),
  ];
}

/** It has to be heard and denied by the profile: what an issuer does not admit is 401, and proves nothing of the trust. */
function toRefusedProblems(
  decision: Decision | undefined,
  path: readonly string[],
  allowedArn: string,
): readonly Problem[] {
  if (decision?.effect === 'Deny') return [];
  const allowed = `statements that allow ${allowedArn} alone`;
  return decision === undefined
    ? [
        {
          path: ['issuers'],
          value: 'leaves the other canary out',
          allowed: 'limits and admit statements of the issuer of type iam that hear both canaries',
        },
      ]
    : [{ path: [...path, 'trust'], value: 'allows another', allowed }];
}

/** `undefined` where the issuer doesn't hear it at all. */
function decide(
  configuration: Configuration,
  profileName: string,
  expected: CanaryExpectation,
): Decision | undefined {
  const issuer = findIamIssuer(configuration);
  if (issuer === undefined) return undefined;
  const { deployment, profiles } = configuration;
  const { partition, accountId } = deployment;
  const name = toCanaryRoleName(deployment, expected);
  const identity = {
    userArn: `arn:${partition}:sts::${accountId}:assumed-role/${name}/canary`,
    caller: 'AROAEXAMPLEEXAMPLEEX:canary',
    accountId,
    // Whether the account is in it is not known before the deployment; the canary itself finds out.
    ...(issuer.organizationId === undefined ? {} : { principalOrgId: issuer.organizationId }),
  };
  const origin = { sourceIp: '0.0.0.0', userAgent: 'canary', gatewayRequestId: '' };
  try {
    const principal = toIamPrincipal(identity, issuer, 0);
    return decideIssuance(profiles.get(profileName), principal, toRequestContext(principal, origin, 0));
  } catch {
    return undefined;
  }
}

import type { Caller, SessionCaller } from './caller.ts';

export type ContextEntries = readonly (readonly [string, string | readonly string[]])[];

/**
 * The condition keys that every request has, for policies to look at.
 * Source: IAM guide, "AWS global condition context keys".
 */
export function toPrincipalContext(
  caller: Caller,
  { region, sourceIp, nowMs }: { region: string; sourceIp: string; nowMs: number },
): ContextEntries {
  return [
    ...toRequestContext({ region, sourceIp, nowMs }),
    ['aws:principalaccount', caller.accountId],
    ['aws:principalisawsservice', 'false'],
    ['aws:viaawsservice', 'false'],
    ['aws:userid', caller.id],
    ...toTypeContext(caller),
    ...(caller.session === undefined ? [] : toTokenContext(caller, nowMs)),
  ];
}

/** Those keys that say nothing of the caller. */
export const toRequestContext = ({
  region,
  sourceIp,
  nowMs,
}: {
  region: string;
  sourceIp: string;
  nowMs: number;
}): ContextEntries => [
  ['aws:currenttime', toIsoSeconds(nowMs)],
  ['aws:epochtime', String(Math.floor(nowMs / 1000))],
  ['aws:requestedregion', region],
  // AWS's own endpoints are https, whatever this one is: a policy that insists on it should hold here too.
  ['aws:securetransport', 'true'],
  ['aws:sourceip', sourceIp],
];

function toTypeContext(caller: Caller): ContextEntries {
  switch (caller.type) {
    case 'user':
      return [
        ['aws:principalarn', caller.arn],
        ['aws:principaltype', 'User'],
        ['aws:username', caller.user.name],
      ];
    case 'session':
      return toRoleContext(caller);
    case 'root':
      return [
        ['aws:principalarn', caller.arn],
        ['aws:principaltype', 'Account'],
        ['aws:assumedroot', 'true'],
        ...toSourceIdentityContext(caller.session),
      ];
    case 'federated-user':
      return [
        ['aws:principalarn', caller.arn],
        ['aws:principaltype', 'FederatedUser'],
        ...tagContext('aws:principaltag', Object.entries(caller.session.tags)),
      ];
  }
}

/**
 * Long-term keys have none of these at all; temporary credentials without MFA have `aws:MultiFactorAuthPresent` as false,
 * and so has the session of a role that was assumed with a code: the role's trust policy sees it, what comes after
 * doesn't. Source: IAM guide, "Secure API access with MFA".
 */
function toTokenContext(caller: Caller, nowMs: number): ContextEntries {
  const { issuedAtSeconds = 0 } = caller.session ?? {};
  const mfa = caller.type === 'user' && caller.session?.mfaAuthenticated === true;
  return [
    ['aws:tokenissuetime', toIsoSeconds(issuedAtSeconds * 1000)],
    ...toMfaContext(mfa ? Math.floor(nowMs / 1000) - issuedAtSeconds : undefined),
  ];
}

/** @param ageSeconds since the code was given; `undefined` when none was */
export const toMfaContext = (ageSeconds: number | undefined): ContextEntries =>
  ageSeconds === undefined
    ? [['aws:multifactorauthpresent', 'false']]
    : [
        ['aws:multifactorauthpresent', 'true'],
        ['aws:multifactorauthage', String(ageSeconds)],
      ];

function toRoleContext({ role, session }: SessionCaller): ContextEntries {
  return [
    // The role's, with its path, not the session's.
    ['aws:principalarn', role.arn],
    ['aws:principaltype', 'AssumedRole'],
    ...toSourceIdentityContext(session),
    ...(session.federation === undefined
      ? []
      : [
          ...Object.entries(session.federation.context),
          ['aws:federatedprovider', session.federation.providerArn] as const,
        ]),
    ...tagContext('aws:principaltag', [...Object.entries(role.tags), ...Object.entries(session.tags)]),
  ];
}

const toSourceIdentityContext = ({
  sourceIdentity,
}: {
  readonly sourceIdentity?: string | undefined;
}): ContextEntries => (sourceIdentity === undefined ? [] : [['aws:sourceidentity', sourceIdentity]]);

/** `aws:RequestTag/…` or `aws:PrincipalTag/…`; of two tags whose keys differ in case only, the later counts. */
export const tagContext = (
  prefix: 'aws:principaltag' | 'aws:requesttag',
  tags: readonly (readonly [string, string])[],
): ContextEntries => tags.map(([key, value]) => [`${prefix}/${key.toLowerCase()}`, value]);

/** Without milliseconds, as AWS writes times. */
export const toIsoSeconds = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

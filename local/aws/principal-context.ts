import type { Caller } from './caller.ts';

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
    ['aws:currenttime', toIsoSeconds(nowMs)],
    ['aws:epochtime', String(Math.floor(nowMs / 1000))],
    ['aws:requestedregion', region],
    // AWS's own endpoints are https, whatever this one is: a policy that insists on it should hold here too.
    ['aws:securetransport', 'true'],
    ['aws:sourceip', sourceIp],
    ['aws:principalaccount', caller.accountId],
    ['aws:principalisawsservice', 'false'],
    ['aws:viaawsservice', 'false'],
    ['aws:userid', caller.id],
    ...(caller.type === 'user'
      ? userContext(caller.arn, caller.user.name)
      : sessionContext(caller.role, caller.session)),
  ];
}

function userContext(arn: string, name: string): ContextEntries {
  return [
    ['aws:principalarn', arn],
    ['aws:principaltype', 'User'],
    ['aws:username', name],
  ];
}

type SessionCaller = Extract<Caller, { type: 'session' }>;

function sessionContext(role: SessionCaller['role'], session: SessionCaller['session']): ContextEntries {
  return [
    // The role's, with its path, not the session's.
    ['aws:principalarn', role.arn],
    ['aws:principaltype', 'AssumedRole'],
    ['aws:tokenissuetime', toIsoSeconds(session.issuedAtSeconds * 1000)],
    // Long-term keys don't have this key at all; temporary credentials without MFA have it as false.
    ['aws:multifactorauthpresent', 'false'],
    ...(session.sourceIdentity === undefined
      ? []
      : [['aws:sourceidentity', session.sourceIdentity] as const]),
    ...tagContext('aws:principaltag', [...Object.entries(role.tags), ...Object.entries(session.tags)]),
  ];
}

/** `aws:RequestTag/…` or `aws:PrincipalTag/…`; of two tags whose keys differ in case only, the later counts. */
export const tagContext = (
  prefix: 'aws:principaltag' | 'aws:requesttag',
  tags: readonly (readonly [string, string])[],
): ContextEntries => tags.map(([key, value]) => [`${prefix}/${key.toLowerCase()}`, value]);

/** Without milliseconds, as AWS writes times. */
export const toIsoSeconds = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

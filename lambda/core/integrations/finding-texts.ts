import type { Finding, ProbeResult } from './integration.ts';
import { probeSourceIdentity, probeTagValue } from './probe-shapes.ts';

/** How the role lets in whoever does not have the ExternalId. */
export type Hole = 'any' | 'similar' | 'none';

const holes: Readonly<Record<Hole, string>> = {
  any: 'with a random ExternalId',
  similar: 'with one that only resembles the right one',
  none: 'without an ExternalId',
};

export const notEnforced = (found: readonly Hole[]): Finding => ({
  code: 'external-id-not-enforced',
  severity: 'danger',
  message: `the role does not enforce its ExternalId: it gave a session ${found.map((hole) => holes[hole]).join(', and ')}. This is the confused deputy: whoever else is a customer of this broker and learns the role's ARN can have the broker enter it for them`,
  remedy:
    'in the trust policy, put Condition {"StringEquals": {"sts:ExternalId": "<the id in the onboarding kit>"}} on every statement that allows sts:AssumeRole to the broker; not StringLike, StringEqualsIgnoreCase, an operator that ends in IfExists, one that begins with ForAllValues, or one that only looks whether there is an id',
});

export const previousAccepted: Finding = {
  code: 'previous-external-id-accepted',
  severity: 'error',
  message: 'the role still accepts an ExternalId that was replaced or given up, and whose time is over',
  remedy: 'remove it from the trust policy; the onboarding kit shows the policy without it',
};

export const currentRefused: Finding = {
  code: 'current-external-id-refused',
  severity: 'warning',
  message:
    'the role accepts the next ExternalId and no longer the current one: what was issued while the rotation lasted may have been refused',
  remedy:
    'nothing, once the next ExternalId has become the current one; in later rotations keep both in the trust policy until the verification has passed',
};

export const nextRefused: Finding = {
  code: 'next-external-id-refused',
  severity: 'error',
  message:
    'the role does not accept the next ExternalId yet; it accepts the current one, with which issuing goes on',
  remedy:
    'apply the onboarding kit: its trust policy accepts both, and lets each set source identity and tags; then verify again',
};

export const wildcardPrincipal: Finding = {
  code: 'wildcard-principal',
  severity: 'danger',
  message:
    "the role gave a session to a principal that the onboarding kit does not name: its trust policy names everybody, or the broker's whole account, and the ExternalId, which is no secret, is all that stands before them",
  remedy:
    'in the trust policy, replace a Principal of "*" by the one in the onboarding kit, and add its condition on aws:PrincipalArn to every statement that allows sts:AssumeRole to the broker',
};

export const notTrusted: Finding = {
  code: 'role-does-not-trust-the-broker',
  severity: 'error',
  message:
    'the role refuses the broker with the right ExternalId, or there is no such role: AWS does not tell the two apart',
  remedy:
    "compare the role's ARN, its account, path and case included, and its trust policy with the onboarding kit: Principal, aws:PrincipalArn, sts:ExternalId, and whatever else it has conditions on, such as sts:SourceIdentity, aws:RequestTag, aws:TagKeys or sts:RoleSessionName; a policy of the third party's organization may refuse without saying so; after a change wait a minute and verify again",
};

export const issuerNotTrusted: Finding = {
  code: 'issuer-not-trusted',
  severity: 'error',
  message: 'the role lets the prober in with the right ExternalId, and refuses the role that issues',
  remedy:
    "name the issuing role beside the prober's in the trust policy's condition on aws:PrincipalArn, as the onboarding kit does: its name ends in integration-issuer",
};

export const proberNotTrusted: Finding = {
  code: 'prober-not-trusted',
  severity: 'error',
  message:
    'the role refuses the prober with the right ExternalId: that it refuses the prober without one then proves nothing',
  remedy:
    "name the prober's role beside the issuing role in the trust policy's condition on aws:PrincipalArn, as the onboarding kit does",
};

export const sourceIdentityNotAllowed: Finding = {
  code: 'source-identity-not-allowed',
  severity: 'error',
  message:
    'the role accepts the right ExternalId, but not the source identity that says who is behind a session',
  remedy: `either the onboarding kit's statement that allows sts:SetSourceIdentity is missing, or a condition on sts:SourceIdentity refuses what the probes send, ${probeSourceIdentity}; change the trust policy, or have the integration set no source identity`,
};

export const tagsNotAllowed: Finding = {
  code: 'session-tags-not-allowed',
  severity: 'error',
  message: "the role accepts the right ExternalId, but not the integration's session tags",
  remedy: `either the onboarding kit's statement that allows sts:TagSession is missing, or a condition on aws:RequestTag or aws:TagKeys refuses what the probes send: the integration's tags, with the value ${probeTagValue} where a tag is a template; change the trust policy, or remove the session tags from the integration`,
};

export const sessionTooLong: Finding = {
  code: 'session-too-long',
  severity: 'error',
  message: 'the role gives sessions, but none as long as the integration allows',
  remedy:
    "raise the role's MaxSessionDuration, or lower the integration's duration.maxSeconds; a session of the broker's lasts an hour at most, because it is chained",
};

const reasons: Readonly<Record<ProbeResult['because'] & string, string>> = {
  'another-policy':
    "a policy that is neither the role's nor the broker's refused the call: an organization's (SCP, RCP), or an endpoint's",
  'own-policy':
    "the broker's own policies refused the call: they close the accounts and the organization of its own, and other regions",
  throttled: 'STS throttled the calls',
  'no-answer': 'STS gave no answer in time',
  'not-asked': 'there was no time left to ask everything',
  'other-error': 'STS gave an error that says nothing of the ExternalId',
};

/** @param changed whether what shall be accepted was accepted at one time and refused at another */
export function inconclusive(open: readonly ProbeResult[], changed: boolean): Finding {
  const found = new Set(open.map(({ because }) => because ?? 'other-error'));
  // Nothing was asked any more because of the others.
  if (found.size > 1) found.delete('not-asked');
  const said = [
    ...[...found].map((reason) => reasons[reason]),
    ...(changed ? ['the right ExternalId was accepted at one time and refused at another'] : []),
  ];
  const codes = [...new Set(open.flatMap(({ errorCode }) => (errorCode === undefined ? [] : [errorCode])))];
  return {
    code: 'inconclusive',
    severity: 'warning',
    message: `not everything could be found out: ${said.join('; ')}${codes.length === 0 ? '' : ` (${codes.join(', ')})`}`,
    remedy: toRemedy(found, codes),
  };
}

/** What the broker's own policies close stays closed. */
function toRemedy(found: ReadonlySet<ProbeResult['because']>, codes: readonly string[]): string {
  if (codes.some((code) => code.startsWith('PackedPolicyTooLarge')))
    return 'give the integration fewer or shorter session tags: with them the session is larger than STS takes, whoever asks for it';
  if (found.has('own-policy'))
    return "a role in an account or organization of the broker's own belongs in a profile, not in an integration; where it is a third party's, correct integrations.ownAccounts or integrations.organizationId in the configuration";
  if (found.has('another-policy'))
    return "ask those who manage the organizations' policies on either side to let the broker's two functions assume this role, then verify again";
  return 'wait a minute, for a change of the role takes that long to arrive everywhere, and verify again';
}

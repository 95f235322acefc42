import type { Report } from './compile-statements.ts';
import type { Issuer } from './configuration.ts';
import type { Policy } from './policy/policy.ts';
import { addressed, type KnownIssuer } from './profile-grammar.ts';
import type { ProfileSettings } from './profile-schemas.ts';

export interface ProfileTrust {
  /** `undefined` where it is in error. */
  readonly trust: Policy | undefined;
  readonly issuers: ReadonlyMap<string, KnownIssuer>;
}

/** Checks what a profile may not promise where STS is shown the caller's own proof. */
export function checkCallersProof(settings: ProfileSettings, trust: ProfileTrust, report: Report): void {
  reportForeignProvider(settings, report);
  if (settings.mechanism === 'saml') {
    const because = 'a caller of another can bring no assertion that names it';
    reportOtherIssuers({ ...trust, type: 'saml', because }, report);
  }
  if (settings.mechanism === 'web-identity' && settings.passthrough === true) {
    const because = 'STS is shown the tokens of those alone';
    reportOtherIssuers({ ...trust, type: 'oidc', because }, report);
    reportRefusedTokens(settings, trust, report);
    reportUnbound(settings, report);
  }
}

/** IAM keeps roles and those whom they trust apart by partition, and a SAML provider is of the role's own account. */
function reportForeignProvider(settings: ProfileSettings, report: Report): void {
  if (settings.mechanism !== 'saml') return;
  const { roleArn, principalArn } = settings;
  if (roleArn === undefined || principalArn === undefined) return;
  const [, partition, , , account] = roleArn.split(':');
  const own = `arn:${partition}:iam::${account}:saml-provider/`;
  if (principalArn.startsWith(own)) return;
  report({
    path: ['principalArn'],
    value: principalArn,
    allowed: `a SAML provider of the role's own account: ${own}…`,
  });
}

interface ProvingIssuers extends ProfileTrust {
  readonly type: Issuer['type'];
  readonly because: string;
}

function reportOtherIssuers({ trust, issuers, type, because }: ProvingIssuers, report: Report): void {
  for (const { issuer, path } of toAllowed({ trust, issuers })) {
    // An issuer whose own type is in error is reported once, there.
    if (issuer.type === undefined || issuer.type === type) continue;
    report({ path, value: issuer.name, allowed: `in an Allow, issuers of type ${type}: ${because}` });
  }
}

/** Each issuer that an Allow speaks of, and where. */
const toAllowed = ({ trust, issuers }: ProfileTrust) =>
  (trust?.statements ?? [])
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ principals = [], index }) =>
      addressed(issuers, principals).map((issuer) => ({
        issuer,
        path: ['trust', index, 'Principal', 'Federated'],
      })),
    );

type WebIdentitySettings = Extract<ProfileSettings, { readonly mechanism?: 'web-identity' }>;

function reportRefusedTokens({ roleArn }: WebIdentitySettings, trust: ProfileTrust, report: Report): void {
  for (const { issuer, path } of toAllowed(trust)) {
    const allowed = refuseTokens(issuer.tokens ?? {}, roleArn);
    if (allowed !== undefined) report({ path, value: issuer.name, allowed });
  }
}

/** Sources: AWS STS API Reference, AssumeRoleWithWebIdentity; IAM guide on outbound identity federation. */
function refuseTokens(
  { preset, issuer = '', algorithms }: NonNullable<KnownIssuer['tokens']>,
  roleArn: string | undefined,
): string | undefined {
  if (algorithms?.some((algorithm) => /^[RE]S/.test(algorithm)) === false) {
    return `in an Allow, issuers whose algorithms hold one that STS takes, RS256, ES256 or ES384: this one has ${algorithms.join(', ')} alone`;
  }
  const isOfAws = ofOutboundFederation.test(issuer);
  // To a role of another partition its URL is anybody's.
  const isElsewhere = isOfAws && roleArn !== undefined && !roleArn.startsWith('arn:aws:');
  if (isElsewhere || (!isOfAws && preset !== 'aws')) return undefined;
  return "in an Allow, issuers outside of AWS's outbound identity federation: STS takes no token that AWS signed itself in the same partition";
}

/** In the partition `aws`. */
const ofOutboundFederation = /^https:\/\/[^/]+\.tokens\.sts\.global\.api\.aws(?:[:/]|$)/i;

/** The token says what the session carries, and its holder can leave Daypass's policy out by asking STS itself. */
function reportUnbound(settings: WebIdentitySettings, report: Report): void {
  const said = "with passthrough: true the caller's own token says it, and STS takes it from nowhere else";
  const { sessionTags = {}, transitiveTagKeys = [], acceptedTagKeys = [] } = settings;
  const nothing = `nothing: ${said}`;
  if (Object.keys(sessionTags).length > 0)
    report({ path: ['sessionTags'], value: sessionTags, allowed: nothing });
  if (transitiveTagKeys.length > 0)
    report({ path: ['transitiveTagKeys'], value: transitiveTagKeys, allowed: nothing });
  if (acceptedTagKeys.length > 0)
    report({ path: ['acceptedTagKeys'], value: acceptedTagKeys, allowed: nothing });
  if (settings.setSourceIdentity === true)
    report({ path: ['setSourceIdentity'], value: true, allowed: `false: ${said}` });
  if (settings.acceptsSessionPolicy === true) {
    const allowed =
      "false with passthrough: true: a caller's own policy could not bind whoever holds the token";
    report({ path: ['acceptsSessionPolicy'], value: true, allowed });
  }
}

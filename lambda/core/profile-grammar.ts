import type { ClaimType, Issuer } from './configuration.ts';
import type { OidcIssuerDocument } from './issuer-schemas.ts';
import type { ConditionKeyDescription, PolicyGrammar, PrincipalPattern } from './policy/policy.ts';

/** An issuer as far as statements and templates care. `claims` is `undefined` where its own settings are in error. */
export interface KnownIssuer {
  readonly name: string;
  readonly type: Issuer['type'] | undefined;
  readonly claims?: ReadonlyMap<string, { readonly type: ClaimType }>;
  /** What STS goes by where it is shown the issuer's own tokens: of type `oidc` alone, without what is in error. */
  readonly tokens?: Partial<Pick<OidcIssuerDocument, 'preset' | 'issuer' | 'algorithms'>>;
}

/** What the proof says about the principal. */
const principalKeys = [
  'daypass:Issuer',
  'daypass:Subject',
  'daypass:MultiFactorAuthPresent',
  'daypass:MultiFactorAuthAge',
  'daypass:AuthTime',
  'daypass:TokenAge',
];
/** What API Gateway says about the request. */
const originKeys = ['daypass:SourceIp', 'daypass:CurrentTime', 'daypass:EpochTime'];
/** What the request asks for. */
const profileKeys = ['daypass:Profile', 'daypass:RequestedDuration', 'daypass:Reason'];

/** What AWS says about an IAM identity: of `iam` issuers alone. */
const awsKeys = ['aws:PrincipalArn', 'aws:PrincipalAccount', 'aws:PrincipalOrgID'];

/** Shown for `iam` issuers, and chosen by whoever assumes the role. */
const selfAssertedKey = 'claims:sessionName';

/** The daypass: keys that a template may name: facts that are one string and always there. */
export const templateKeys = ['daypass:Issuer', 'daypass:Subject', 'daypass:Profile'];

/** A profile's `trust`: IAM's trust-policy language over issuers, without Action, Resource and NotPrincipal. */
export const toProfileTrustGrammar = (issuers: ReadonlyMap<string, KnownIssuer>): PolicyGrammar =>
  toTrustGrammar(issuers, [...principalKeys, ...originKeys, ...profileKeys]);

/**
 * The `sessionTokens` section's `trust`. Whoever gets there signed with a user's long-term key: a statement for other
 * issuers, or one on factors and ages that such a key never has, would hold for nobody or for everybody.
 */
export const toSessionTokensTrustGrammar = (issuers: ReadonlyMap<string, KnownIssuer>): PolicyGrammar =>
  toTrustGrammar(
    // One whose own settings are in error is reported once, there.
    new Map([...issuers].filter(([, { type }]) => type === 'iam' || type === undefined)),
    ['daypass:Issuer', 'daypass:Subject', ...originKeys, 'daypass:RequestedDuration', 'daypass:Reason'],
  );

/** The `authorizationMessages` section's `trust`. */
export const toAuthorizationMessagesTrustGrammar = (
  issuers: ReadonlyMap<string, KnownIssuer>,
): PolicyGrammar => toTrustGrammar(issuers, [...principalKeys, ...originKeys, 'daypass:Reason']);

/** The `trust` of the sections `audit`, `controls` and `integrations`. */
export const toAuditTrustGrammar = (issuers: ReadonlyMap<string, KnownIssuer>): PolicyGrammar =>
  toTrustGrammar(issuers, [...principalKeys, ...originKeys]);

/** An issuer's `admit`: no Principal, because it is that issuer's callers, and no address, because only the functions behind decide on that. */
export const toAdmitGrammar = (issuer: KnownIssuer): PolicyGrammar => ({
  document: 'statements',
  principal: 'forbidden',
  action: 'forbidden',
  resource: 'forbidden',
  describeConditionKey: (key) => describeKey(key, [issuer], ['daypass:Issuer', 'daypass:Subject']),
});

function toTrustGrammar(issuers: ReadonlyMap<string, KnownIssuer>, keys: readonly string[]): PolicyGrammar {
  return {
    document: 'statements',
    principal: 'required',
    action: 'forbidden',
    resource: 'forbidden',
    refusePrincipal: (principal, effect) => {
      if (principal.type === 'Federated' && issuers.has(principal.provider)) return undefined;
      if (principal.type === 'Any' && effect === 'Deny') return undefined;
      const names = [...issuers.keys()].join(', ') || 'there is none for this section';
      return `{ Federated: <issuer> } with a configured issuer (${names}); "*" in a Deny only`;
    },
    describeConditionKey: (key, principals) => describeKey(key, addressed(issuers, principals), keys),
  };
}

/** The issuers that a statement speaks of. */
export function addressed(
  issuers: ReadonlyMap<string, KnownIssuer>,
  principals: readonly PrincipalPattern[],
): readonly KnownIssuer[] {
  if (principals.some(({ type }) => type === 'Any')) return [...issuers.values()];
  return principals.flatMap((principal) => {
    const issuer = principal.type === 'Federated' ? issuers.get(principal.provider) : undefined;
    return issuer === undefined ? [] : [issuer];
  });
}

function describeKey(
  key: string,
  issuers: readonly KnownIssuer[],
  keys: readonly string[],
): ConditionKeyDescription | { readonly refused: string } {
  if (isOneOf(keys, key)) return { kind: 'scalar' };
  const ofAws = issuers.some(({ type }) => type === 'iam') ? awsKeys : [];
  if (isOneOf(ofAws, key)) return { kind: 'scalar', refuseValue: refusePrincipalArn };
  if (!key.toLowerCase().startsWith('claims:'))
    return { refused: `claims:<name> or one of ${[...keys, ...ofAws].join(', ')}` };
  if (isSelfAsserted(key, issuers)) return { refused: selfAssertedAllowed };
  // An issuer whose own settings are in error is reported once, there.
  if (issuers.length === 0 || issuers.some(({ claims }) => claims === undefined)) return { kind: 'any' };
  const kinds = new Set(issuers.flatMap((issuer) => claimKind(issuer, key) ?? []));
  const [kind] = kinds;
  if (kind !== undefined && kinds.size === 1) return { kind };
  if (kinds.size > 1) return { refused: 'a claim that is a list in each of these issuers, or in none' };
  return {
    refused: `a claim of ${issuers.map(({ name }) => name).join(', ')}: ${claimNames(issuers).join(', ') || 'none is configured'}`,
  };
}

export const selfAssertedAllowed =
  'what AWS vouches for, such as claims:user of Identity Center accounts: whoever assumes a role chooses its session name';

/** Whether the value would be one that callers of these issuers choose themselves. */
export const isSelfAsserted = (key: string, issuers: readonly KnownIssuer[]): boolean =>
  isOneOf([selfAssertedKey], key) && issuers.some(({ type }) => type === 'iam');

/** API Gateway names a session by a role's name alone: what IAM itself would compare has the path in it. */
const refusePrincipalArn = (value: string) =>
  /:role\/.*\/|:assumed-role\//.test(value)
    ? "arn:aws:iam::<account>:role/<name>, without the role's path and the session's name: API Gateway knows no path"
    : undefined;

const isOneOf = (keys: readonly string[], key: string) =>
  keys.some((known) => known.toLowerCase() === key.toLowerCase());

function claimKind({ claims }: KnownIssuer, key: string): 'list' | 'scalar' | undefined {
  const mapping = findClaim(claims, key);
  if (mapping === undefined) return undefined;
  return mapping.type === 'list' ? 'list' : 'scalar';
}

/** Condition keys are compared without regard to case, as IAM does. */
export function findClaim(
  claims: KnownIssuer['claims'],
  key: string,
): { readonly type: ClaimType } | undefined {
  const wanted = key.slice('claims:'.length).toLowerCase();
  return [...(claims ?? [])].find(([name]) => name.toLowerCase() === wanted)?.[1];
}

const claimNames = (issuers: readonly KnownIssuer[]): readonly string[] =>
  toKeys(issuers.flatMap(({ claims }) => [...(claims?.keys() ?? [])]));

/** The claims of which a template can take the value. */
export const scalarClaimNames = (issuers: readonly KnownIssuer[]): readonly string[] =>
  toKeys(
    issuers.flatMap(({ claims }) =>
      [...(claims ?? [])].filter(([, { type }]) => type !== 'list').map(([name]) => name),
    ),
  );

const toKeys = (names: readonly string[]) => [...new Set(names.map((name) => `claims:${name}`))];

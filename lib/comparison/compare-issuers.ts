import type {
  AttributeMapping,
  ClaimMapping,
  IamIssuer,
  IntegrationIssuer,
  Issuer,
  JsonWebKeySet,
  OidcIssuer,
  OidcLogin,
  SamlIssuer,
} from '../../lambda/core/configuration.ts';
import type { Policy } from '../../lambda/core/policy/policy.ts';
import {
  amount,
  type Comparers,
  type CompareValues,
  compareMembers,
  entries,
  flag,
  limitedTo,
  members,
  place,
  saidElsewhere,
  setting,
} from './compare-members.ts';
import { comparePolicies, nobody } from './compare-policies.ts';
import { type ChangeEffect, changes, type Difference, grants, takesAway } from './configuration-change.ts';
import { toCertificateName, toKeyName } from './key-names.ts';

/** All of an issuer that only one version has. */
export function describeIssuer(issuer: Issuer, effect: ChangeEffect): readonly Difference[] {
  const words = effect === 'grants' ? 'new' : 'gone';
  return [{ effect, text: `${words}: ${toProofs(issuer)} of ${toOrigin(issuer)}` }];
}

const toProofs = ({ type }: Issuer) =>
  ({ oidc: 'tokens', integration: 'proofs', saml: 'assertions', iam: 'signatures' })[type];

function toOrigin(issuer: Issuer): string {
  switch (issuer.type) {
    case 'oidc':
    case 'integration':
      return issuer.issuer;
    case 'saml':
      return issuer.entityId;
    case 'iam':
      return [
        ...(issuer.accounts ?? []),
        ...(issuer.organizationId === undefined ? [] : [issuer.organizationId]),
      ].join(', ');
  }
}

export function compareIssuers(before: Issuer, after: Issuer): readonly Difference[] {
  if (before.type === 'oidc' && after.type === 'oidc') return compareMembers(before, after, ofOidc);
  if (before.type === 'iam' && after.type === 'iam') return compareMembers(before, after, ofIam);
  if (before.type === 'saml' && after.type === 'saml') return compareMembers(before, after, ofSaml);
  if (before.type === 'integration' && after.type === 'integration')
    return compareMembers(before, after, ofIntegration);
  return [...describeIssuer(after, 'grants'), ...describeIssuer(before, 'takes-away')];
}

/** Without `admit` everybody is. */
const admit: CompareValues<Policy> = (before, after) => {
  if (before !== undefined && after !== undefined) return comparePolicies(before, after);
  const texts = comparePolicies(nobody, before ?? after ?? nobody).map(({ text }) => text);
  const words = texts.map((text) => text.replace(/^new /, '')).join('; ');
  return [
    after === undefined
      ? grants(`all callers of this issuer are admitted; before: ${words}`)
      : takesAway(`not all callers of this issuer are admitted any more: ${words}`),
  ];
};

const keys: CompareValues<JsonWebKeySet> = (before, after) => {
  if (before === undefined || after === undefined) {
    const words = 'keys that stand here';
    return [changes(after === undefined ? `${words} are no longer used` : `${words} alone are used`)];
  }
  return members<JsonWebKeySet['keys'][number]>('key', { added: 'grants', toName: toKeyName })(
    before.keys,
    after.keys,
  );
};

const seconds = (words: string) =>
  amount(words, { unit: 's', more: 'grants', absent: Number.POSITIVE_INFINITY });

const values = (words: string) => members<string>(words, { added: 'grants' });

const mfaValues =
  <M extends object>(comparers: Comparers<M>): CompareValues<M> =>
  (before, after) =>
    before === undefined || after === undefined ? [] : compareMembers(before, after, comparers);

const tokenRules = {
  audiences: values('tokens for the audience'),
  algorithms: values('tokens signed with'),
  tokenTypes: values('tokens of typ'),
  maxLifetimeSeconds: seconds('tokens that live up to'),
  maxAgeSeconds: seconds('tokens as old as'),
  jwks: keys,
  admit,
} as const;

/** How people get a token; which tokens are taken, the rest says. */
const login: CompareValues<OidcLogin> = (before, after) => {
  if (before === undefined) return [changes('people log in with daypass login')];
  if (after === undefined) return [changes('nobody logs in with daypass login any more')];
  return compareMembers<OidcLogin>(before, after, {
    clientId: setting('login as the client'),
    scopes: members<string>('login asks for the scope', { added: 'changes' }),
    flows: setting('login by'),
    token: setting('login takes the'),
    parameters: (one, other) =>
      entries<string>('login with the parameter', { added: 'changes' })(toMap(one), toMap(other)),
    redirectUri: setting('login comes back to'),
  });
};

const toMap = (record: Readonly<Record<string, string>> = {}) => new Map(Object.entries(record));

const ofOidc: Comparers<OidcIssuer> = {
  issuer: place('tokens of'),
  ...tokenRules,
  requiredClaims: entries('tokens must have', { added: 'takes-away' }),
  subjectClaim: setting('the subject is at'),
  audienceClaim: setting('the audience is at'),
  claims: entries<ClaimMapping>('claim', {
    added: 'grants',
    toName: ({ pointer, type }) => `${type} at ${pointer}`,
  }),
  mfa: mfaValues<OidcIssuer['mfa']>({
    amr: values('MFA is proven by amr'),
    acr: values('MFA is proven by acr'),
  }),
  login,
};

const ofIntegration: Comparers<IntegrationIssuer> = { ...tokenRules, issuer: place('proofs of') };

const compareOrganizations = limitedTo('callers of organization', 'callers of every organization');

const toList = (value: string | undefined) => (value === undefined ? undefined : [value]);

const ofIam: Comparers<IamIssuer> = {
  accounts: limitedTo('callers of account', 'callers of every account'),
  organizationId: (before, after) => compareOrganizations(toList(before), toList(after)),
  identityCenterAccounts: values('Identity Center is believed in account'),
  mfa: mfaValues<IamIssuer['mfa']>({
    permissionSets: values('MFA is proven by the permission set'),
    profiles: saidElsewhere,
  }),
  admit,
};

const ofSaml: Comparers<SamlIssuer> = {
  entityId: place('assertions of'),
  singleSignOnUrl: setting('sign-in at'),
  certificates: members<string>('certificate', { added: 'grants', toName: toCertificateName }),
  subjectAttribute: setting('the subject is'),
  claims: entries<AttributeMapping>('claim', {
    added: 'grants',
    toName: ({ attribute, type }) => `${type} in ${attribute}`,
  }),
  mfa: mfaValues<SamlIssuer['mfa']>({
    authnContexts: values('MFA is proven by AuthnContext'),
    authnMethods: values('MFA is proven by the authentication method'),
  }),
  idpInitiated: flag(
    'assertions that nobody has asked for',
    'no assertions that nobody has asked for any more',
    'grants',
  ),
  admit,
};

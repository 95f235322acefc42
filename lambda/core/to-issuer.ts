import type { IssuerParts } from './compile-issuer.ts';
import type {
  IamIssuer,
  IntegrationIssuer,
  Issuer,
  OidcIssuer,
  OidcLogin,
  SamlIssuer,
} from './configuration.ts';
import type {
  IamIssuerDocument,
  IntegrationIssuerDocument,
  IssuerDocument,
  OidcIssuerDocument,
  SamlIssuerDocument,
} from './issuer-schemas.ts';
import type { LoginDocument } from './login-schema.ts';
import { toCertificateDer } from './to-certificate-der.ts';
import { iamClaims } from './to-iam-principal.ts';

/** The issuer of a document whose shape is right. What it lacks beyond that is reported, and stands empty here. */
export function toIssuer(issuer: IssuerDocument, parts: IssuerParts): Issuer {
  const base: Base = { name: parts.name, ...(parts.admit === undefined ? {} : { admit: parts.admit }) };
  switch (issuer.type) {
    case 'oidc':
      return toOidcIssuer(issuer, base);
    case 'iam':
      return toIamIssuer(issuer, base);
    case 'saml':
      return toSamlIssuer(issuer, base);
    case 'integration':
      return toIntegrationIssuer(issuer, base);
  }
}

type Base = Pick<Issuer, 'name' | 'admit'>;

function toOidcIssuer(issuer: OidcIssuerDocument, base: Base): OidcIssuer {
  const { type, algorithms, subjectClaim, audienceClaim, mfa, maxLifetimeSeconds } = issuer;
  const { maxAgeSeconds, jwks, login } = issuer;
  const claims = Object.entries(issuer.claims).map(
    ([name, { claim, type }]) => [name, { pointer: claim, type }] as const,
  );
  return {
    ...base,
    ...{ type, algorithms, subjectClaim, audienceClaim, mfa, maxLifetimeSeconds },
    issuer: issuer.issuer ?? '',
    audiences: toAudiences(issuer.audience),
    requiredClaims: new Map(Object.entries(issuer.requiredClaims)),
    claims: new Map(claims),
    tokenTypes: issuer.tokenTypes.map((tokenType) => tokenType.toLowerCase()),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    ...(jwks === undefined ? {} : { jwks }),
    ...(login === undefined ? {} : { login: toLogin(login) }),
  };
}

function toLogin({ redirectUri, ...login }: LoginDocument): OidcLogin {
  return redirectUri === undefined ? login : { ...login, redirectUri };
}

function toIamIssuer(issuer: IamIssuerDocument, base: Base): IamIssuer {
  const { type, accounts, organizationId, identityCenter, mfa } = issuer;
  return {
    ...base,
    ...{ type, mfa },
    claims: iamClaims,
    ...(accounts === undefined ? {} : { accounts }),
    ...(organizationId === undefined ? {} : { organizationId }),
    identityCenterAccounts: identityCenter.accounts,
  };
}

function toSamlIssuer(issuer: SamlIssuerDocument, base: Base): SamlIssuer {
  const { type, entityId = '', singleSignOnUrl = '', certificates = [], subjectAttribute } = issuer;
  return {
    ...base,
    ...{ type, entityId, singleSignOnUrl, mfa: issuer.mfa, idpInitiated: issuer.idpInitiated },
    certificates: certificates.map((certificate) => toCertificateDer(certificate) ?? ''),
    ...(subjectAttribute === undefined ? {} : { subjectAttribute }),
    claims: new Map(Object.entries(issuer.claims)),
  };
}

/** `client-authentication+jwt` is what OAuth's successor of RFC 7523 calls the type; most libraries write JWT. */
const integrationTokenTypes = ['jwt', 'client-authentication+jwt'];

/** A proof for one request, not a credential to keep. */
const integrationLifetimeSeconds = 300;

function toIntegrationIssuer(issuer: IntegrationIssuerDocument, base: Base): IntegrationIssuer {
  const { type, algorithms, audience, jwks } = issuer;
  return {
    ...base,
    ...{ type, algorithms, issuer: base.name, claims: new Map() },
    ...(jwks === undefined ? {} : { jwks }),
    audiences: toAudiences(audience),
    tokenTypes: integrationTokenTypes,
    maxLifetimeSeconds: integrationLifetimeSeconds,
  };
}

const toAudiences = (audience: string | readonly string[]) =>
  typeof audience === 'string' ? [audience] : audience;

import { checkCertificates } from './check-certificates.ts';
import { checkJwks } from './check-jwks.ts';
import type { Report } from './compile-statements.ts';
import type { IssuerSettings } from './issuer-schemas.ts';
import { secureOrLoopback } from './issuer-url.ts';
import { admitsAnybody, isSharedIssuer } from './shared-issuers.ts';

/** Checks how an issuer's settings go together. A rule is left out where a setting that it needs is in error. */
export function checkIssuer(settings: IssuerSettings, report: Report): void {
  switch (settings.type) {
    case 'oidc':
      checkOidcIssuer(settings, report);
      break;
    case 'iam':
      checkIamIssuer(settings, report);
      break;
    case 'saml':
      checkSamlIssuer(settings, report);
      break;
    case 'integration':
      checkJwks(settings.jwks, report);
      break;
  }
}

type Settings<Type extends IssuerSettings['type']> = Extract<IssuerSettings, { readonly type: Type }>;

function checkOidcIssuer(settings: Settings<'oidc'>, report: Report): void {
  if (settings.issuer === undefined) {
    report({ path: ['issuer'], value: undefined, allowed: `${secureOrLoopback}, or a preset that sets it` });
  }
  checkJwks(settings.jwks, report);
  reportOpenDoor(settings, report);
}

function reportOpenDoor({ issuer, claims = {}, admit }: Settings<'oidc'>, report: Report): void {
  if (issuer === undefined || !isSharedIssuer(issuer)) return;
  const path = ['admit'];
  if (admit === undefined) {
    report({
      path,
      value: undefined,
      allowed:
        'statements that admit your own organization by one of its claims: anybody can get a token of this issuer',
    });
  }
  for (const [index, statement] of (admit ?? []).entries()) {
    if (!admitsAnybody(statement, { issuer, claims })) continue;
    report({
      path: [...path, index],
      value: statement,
      allowed:
        'an Allow with a Condition that compares a claim of your own organization: anybody can get a token of this issuer',
    });
  }
}

function checkIamIssuer(settings: Settings<'iam'>, report: Report): void {
  const { accounts, organizationId, identityCenter, mfa } = settings;
  if (accounts === undefined && organizationId === undefined) {
    report({
      path: [],
      value: undefined,
      allowed: 'accounts, organizationId or both: without either every AWS identity in the world is heard',
    });
  }
  const outside = (identityCenter?.accounts ?? []).findIndex((id) => accounts?.includes(id) === false);
  if (outside >= 0) {
    report({
      path: ['identityCenter', 'accounts', outside],
      value: identityCenter?.accounts[outside],
      allowed: `one of accounts: ${accounts?.join(', ')}`,
    });
  }
  if ((mfa?.permissionSets.length ?? 0) > 0 && identityCenter?.accounts.length === 0) {
    report({
      path: ['mfa', 'permissionSets'],
      value: mfa?.permissionSets,
      allowed: 'permission sets only beside identityCenter.accounts, which say where they are believed',
    });
  }
}

function checkSamlIssuer(settings: Settings<'saml'>, report: Report): void {
  for (const key of ['entityId', 'singleSignOnUrl', 'certificates'] as const) {
    if (settings[key] !== undefined) continue;
    report({
      path: [key],
      value: undefined,
      allowed: 'metadataFile, or entityId, singleSignOnUrl and certificates',
    });
  }
  checkCertificates(settings.certificates, report);
}

import { admitsAnybody } from './admits-anybody.ts';
import { checkCertificates } from './check-certificates.ts';
import { checkJwks } from './check-jwks.ts';
import { checkLogin } from './check-login.ts';
import type { Report } from './compile-statements.ts';
import type { IssuerSettings } from './issuer-schemas.ts';
import { isClusterInternal, secureOrLoopback } from './issuer-url.ts';
import { oidcPresets } from './oidc-presets.ts';
import { findSharedIssuer } from './shared-issuers.ts';

/**
 * Checks how an issuer's settings go together. A rule is left out where a setting that it needs is in error.
 *
 * @param inError keys that are written, and whose own shape is wrong
 */
export function checkIssuer(settings: IssuerSettings, inError: ReadonlySet<string>, report: Report): void {
  switch (settings.type) {
    case 'oidc':
      checkOidcIssuer(settings, inError, report);
      break;
    case 'iam':
      checkIamIssuer(settings, inError, report);
      break;
    case 'saml':
      checkSamlIssuer(settings, inError, report);
      break;
    case 'integration':
      checkJwks(settings.jwks, settings.algorithms, report);
      break;
  }
}

type Settings<Type extends IssuerSettings['type']> = Extract<IssuerSettings, { readonly type: Type }>;

function checkOidcIssuer(settings: Settings<'oidc'>, inError: ReadonlySet<string>, report: Report): void {
  const { preset, issuer, jwks, algorithms } = settings;
  if (issuer === undefined && !inError.has('preset')) {
    const form = preset === undefined ? secureOrLoopback : oidcPresets[preset].issuerForm;
    const others = preset === undefined ? ', or a preset that sets it' : '';
    report({ path: ['issuer'], value: undefined, allowed: `${form}${others}` });
  }
  if (issuer !== undefined && isClusterInternal(issuer) && jwks === undefined && !inError.has('jwks')) {
    const allowed =
      "the cluster's keys (kubectl get --raw /openid/v1/jwks): its issuer's host is known in the cluster alone";
    report({ path: ['jwks'], value: undefined, allowed });
  }
  checkJwks(jwks, algorithms, report);
  checkLogin(settings.login, settings, report);
  reportOpenDoor(settings, inError, report);
}

function reportOpenDoor(
  { issuer, claims = {}, subjectClaim, admit }: Settings<'oidc'>,
  inError: ReadonlySet<string>,
  report: Report,
): void {
  const shared = issuer === undefined ? undefined : findSharedIssuer(issuer);
  if (shared === undefined || inError.has('admit')) return;
  const { owners } = shared;
  const ownClaim =
    owners === undefined ? 'a claim of your own organization' : `one of ${Object.keys(owners).join(', ')}`;
  const why = 'anybody can get a token of this issuer';
  if (admit === undefined) {
    const allowed = `statements that admit your own organization by ${owners === undefined ? 'one of its claims' : ownClaim}: ${why}`;
    report({ path: ['admit'], value: undefined, allowed });
  }
  for (const [index, statement] of (admit ?? []).entries()) {
    if (!admitsAnybody(statement, { owners, claims, subjectClaim })) continue;
    const allowed = `an Allow with a Condition by which StringEquals or StringLike compares ${ownClaim} with an owner of your own, without a wildcard in its name: ${why}`;
    report({ path: ['admit', index], value: statement, allowed });
  }
}

function checkIamIssuer(settings: Settings<'iam'>, inError: ReadonlySet<string>, report: Report): void {
  const { accounts, organizationId, identityCenter, mfa } = settings;
  if (accounts === undefined && organizationId === undefined && !inError.has('organizationId')) {
    const allowed =
      'a list of account ids, organizationId beside it or in its place: without either every AWS identity in the world is heard';
    report({ path: ['accounts'], value: undefined, allowed });
  }
  for (const [index, id] of (identityCenter?.accounts ?? []).entries()) {
    if (accounts?.includes(id) !== false) continue;
    const path = ['identityCenter', 'accounts', index];
    report({ path, value: id, allowed: `one of accounts: ${accounts.join(', ')}` });
  }
  if ((mfa?.permissionSets.length ?? 0) > 0 && identityCenter?.accounts.length === 0) {
    const allowed = 'permission sets only beside identityCenter.accounts, which say where they are believed';
    report({ path: ['mfa', 'permissionSets'], value: mfa?.permissionSets, allowed });
  }
}

function checkSamlIssuer(settings: Settings<'saml'>, inError: ReadonlySet<string>, report: Report): void {
  for (const key of ['entityId', 'singleSignOnUrl', 'certificates'] as const) {
    if (settings[key] !== undefined || inError.has('metadataFile')) continue;
    const allowed = 'metadataFile, or entityId, singleSignOnUrl and certificates';
    report({ path: [key], value: undefined, allowed });
  }
  checkCertificates(settings.certificates, report);
}

import { compileStatements, type Report } from './compile-statements.ts';
import type { OidcIssuer } from './configuration.ts';
import type { IssuerDocument } from './configuration-schema.ts';
import { toAdmitGrammar } from './profile-grammar.ts';

/** Issuers whose tokens anybody in the world can get: by URL, or by what every URL of theirs begins with. */
const sharedIssuers = [
  'https://token.actions.githubusercontent.com',
  'https://gitlab.com',
  'https://accounts.google.com',
  'https://agent.buildkite.com',
  'https://app.terraform.io',
  'https://appleid.apple.com',
  'https://login.microsoftonline.com/common/',
  'https://login.microsoftonline.com/consumers/',
  'https://login.microsoftonline.com/organizations/',
  // The tenant of every personal Microsoft account.
  'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/',
];

const isShared = (url: string) =>
  sharedIssuers.some((shared) => url.replace(/\/?$/, '/').startsWith(shared.replace(/\/?$/, '/')));

/** Compiles one issuer: whom it admits, and that one which the whole world shares says so. */
export function compileIssuer(name: string, issuer: IssuerDocument, report: Report): OidcIssuer {
  const path = ['issuers', name];
  const claims = new Map(
    Object.entries(issuer.claims).map(
      ([claim, { claim: pointer, type }]) => [claim, { pointer, type }] as const,
    ),
  );
  reportClaimsThatDifferInCase(name, [...claims.keys()], report);
  if (isShared(issuer.issuer) && issuer.admit === undefined) {
    report({
      path: [...path, 'admit'],
      value: undefined,
      allowed:
        'statements that admit your own organization by one of its claims: anybody can get a token of this issuer',
    });
  }
  if (isShared(issuer.issuer) && issuer.admit?.some(isUnconditionalAllow)) {
    report({
      path: [...path, 'admit'],
      value: issuer.admit,
      allowed: 'an Allow with a Condition: anybody can get a token of this issuer',
    });
  }
  const { audience, maxAgeSeconds, admit, type, mfa, algorithms, subjectClaim, maxLifetimeSeconds } = issuer;
  return {
    name,
    type,
    issuer: issuer.issuer,
    audiences: typeof audience === 'string' ? [audience] : audience,
    algorithms,
    subjectClaim,
    claims,
    mfa,
    tokenTypes: issuer.tokenTypes.map((tokenType) => tokenType.toLowerCase()),
    maxLifetimeSeconds,
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    ...(admit === undefined
      ? {}
      : { admit: compileStatements(admit, toAdmitGrammar({ name, claims }), [...path, 'admit'], report) }),
  };
}

const isUnconditionalAllow = (statement: Readonly<Record<string, unknown>>) =>
  statement['Effect'] === 'Allow' && Object.keys(statement['Condition'] ?? {}).length === 0;

/** Condition keys are compared without regard to case: `team` and `Team` would be one. */
function reportClaimsThatDifferInCase(issuer: string, names: readonly string[], report: Report): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name.toLowerCase())) {
      report({
        path: ['issuers', issuer, 'claims', name],
        value: name,
        allowed: 'a name of its own, case apart',
      });
    }
    seen.add(name.toLowerCase());
  }
}

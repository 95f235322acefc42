import { compileStatements, type Report } from './compile-statements.ts';
import type { ClaimMapping, OidcIssuer } from './configuration.ts';
import type { IssuerDocument, IssuerSettings } from './configuration-schema.ts';
import type { Policy } from './policy/policy.ts';
import { toAdmitGrammar } from './profile-grammar.ts';
import { admitsAnybody, isSharedIssuer } from './shared-issuers.ts';

/** What an issuer's claims and statements compile to; absent where they are in error. */
export interface IssuerParts {
  readonly name: string;
  readonly claims?: ReadonlyMap<string, ClaimMapping>;
  readonly admit?: Policy;
}

/** Compiles the parts of an issuer, and checks that one which the whole world shares says whom it admits. */
export function compileIssuerParts(name: string, settings: IssuerSettings, report: Report): IssuerParts {
  const claims =
    settings.claims &&
    new Map(
      Object.entries(settings.claims).map(
        ([claim, { claim: pointer, type }]) => [claim, { pointer, type }] as const,
      ),
    );
  reportClaimsThatDifferInCase(name, [...(claims?.keys() ?? [])], report);
  reportOpenDoor(name, settings, report);
  const known = { name, ...(claims === undefined ? {} : { claims }) };
  const path = ['issuers', name, 'admit'];
  const admit = settings.admit && compileStatements(settings.admit, toAdmitGrammar(known), path, report);
  return { ...known, ...(admit === undefined ? {} : { admit }) };
}

/** The issuer of a document whose shape is right. */
export function toIssuer(issuer: IssuerDocument, { name, claims, admit }: IssuerParts): OidcIssuer {
  const { audience, maxAgeSeconds, type, mfa, algorithms, subjectClaim, maxLifetimeSeconds } = issuer;
  return {
    name,
    type,
    issuer: issuer.issuer,
    audiences: typeof audience === 'string' ? [audience] : audience,
    algorithms,
    subjectClaim,
    claims: claims ?? new Map(),
    mfa,
    tokenTypes: issuer.tokenTypes.map((tokenType) => tokenType.toLowerCase()),
    maxLifetimeSeconds,
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    ...(admit === undefined ? {} : { admit }),
  };
}

function reportOpenDoor(name: string, settings: IssuerSettings, report: Report): void {
  const { issuer, admit } = settings;
  if (issuer === undefined || !isSharedIssuer(issuer)) return;
  const path = ['issuers', name, 'admit'];
  if (admit === undefined) {
    report({
      path,
      value: undefined,
      allowed:
        'statements that admit your own organization by one of its claims: anybody can get a token of this issuer',
    });
  }
  for (const [index, statement] of (admit ?? []).entries()) {
    if (!admitsAnybody(statement)) continue;
    report({
      path: [...path, index],
      value: statement,
      allowed:
        'an Allow with a Condition that compares a claim of your own organization: anybody can get a token of this issuer',
    });
  }
}

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

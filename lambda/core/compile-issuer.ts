import { checkIssuer } from './check-issuer.ts';
import { compileStatements, type Report } from './compile-statements.ts';
import type { ClaimType, Issuer } from './configuration.ts';
import { readSettings } from './document-shape.ts';
import { type IssuerSettings, issuerSchemas, issuerTypes } from './issuer-schemas.ts';
import type { Policy } from './policy/policy.ts';
import { type KnownIssuer, toAdmitGrammar } from './profile-grammar.ts';
import { iamClaims } from './to-iam-principal.ts';

/** What an issuer's claims and statements compile to; absent where they are in error. */
export interface IssuerParts {
  readonly name: string;
  /** `undefined` where it is none of the four. */
  readonly type: Issuer['type'] | undefined;
  readonly claims?: ReadonlyMap<string, { readonly type: ClaimType }>;
  readonly tokens?: NonNullable<KnownIssuer['tokens']>;
  readonly admit?: Policy;
}

/** Compiles the parts of an issuer, and checks what its shape alone cannot say. */
export function compileIssuerParts(name: string, raw: unknown, report: Report): IssuerParts {
  const settings = readIssuerSettings(raw);
  if (settings === undefined) return { name, type: undefined };
  const { type, admit } = settings;
  const reportHere: Report = (problem) => report({ ...problem, path: ['issuers', name, ...problem.path] });
  const claims = toClaims(settings);
  reportClaimsThatDifferInCase([...(claims?.keys() ?? [])], reportHere);
  checkIssuer(settings, keysInError(raw, settings), reportHere);
  const known = { name, type, ...(claims === undefined ? {} : { claims }), ...toTokens(settings) };
  const policy = admit && compileStatements(admit, toAdmitGrammar(known), ['admit'], reportHere);
  return { ...known, ...(policy === undefined ? {} : { admit: policy }) };
}

/** `undefined` where the type is none of the four, which the shape's own check reports. */
function readIssuerSettings(raw: unknown): IssuerSettings | undefined {
  const named: unknown = typeof raw === 'object' && raw !== null ? Reflect.get(raw, 'type') : undefined;
  const type = issuerTypes.find((one) => one === named);
  if (type === undefined) return undefined;
  return { ...readSettings(issuerSchemas[type], raw), type } as IssuerSettings;
}

const keysInError = (raw: unknown, settings: IssuerSettings): ReadonlySet<string> =>
  new Set(Object.keys(Object(raw)).filter((key) => !Object.hasOwn(settings, key)));

/** The claims that statements may name: those of the settings, or what AWS says of each identity. */
function toClaims(settings: IssuerSettings): IssuerParts['claims'] {
  switch (settings.type) {
    case 'iam':
      return iamClaims;
    case 'integration':
      return new Map();
    case 'oidc':
    case 'saml':
      return settings.claims && new Map(Object.entries(settings.claims));
  }
}

function toTokens(settings: IssuerSettings): Pick<IssuerParts, 'tokens'> {
  if (settings.type !== 'oidc') return {};
  const { preset, issuer, algorithms } = settings;
  return {
    tokens: {
      ...(preset === undefined ? {} : { preset }),
      ...(issuer === undefined ? {} : { issuer }),
      ...(algorithms === undefined ? {} : { algorithms }),
    },
  };
}

/** Condition keys are compared without regard to case: `team` and `Team` would be one. */
function reportClaimsThatDifferInCase(names: readonly string[], report: Report): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name.toLowerCase())) {
      report({ path: ['claims', name], value: name, allowed: 'a name of its own, case apart' });
    }
    seen.add(name.toLowerCase());
  }
}

import { clockToleranceSeconds } from './check-claims.ts';
import { checkPrincipalSize } from './check-principal-size.ts';
import type { SamlIssuer } from './configuration.ts';
import { isSubject, subjectForm } from './is-subject.ts';
import type { ClaimValue, Principal } from './principal.ts';
import { type RefuseAssertion, toRefuseAssertion } from './refuse-assertion.ts';
import type { SamlAssertion, SamlResponse } from './saml-assertion.ts';
import { brokerTokenLifetimeSeconds } from './token-issuer.ts';

/** Another name at each sign-in (SAML core §8.3.8): nobody that a statement or an audit could mean. */
const transientFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';

/** Where AD FS and Entra say how somebody signed in. */
const authnMethodsAttribute = 'http://schemas.microsoft.com/claims/authnmethodsreferences';

/**
 * The principal whom a checked assertion proves: the subject and the listed attributes, and nothing else of it.
 *
 * @throws AssertionRefusedError when the subject or a listed attribute has another form than the configuration
 * says, or when all of it is too large to be carried.
 */
export function toSamlPrincipal({ assertion }: SamlResponse, issuer: SamlIssuer, nowMs: number): Principal {
  const refuse: RefuseAssertion = toRefuseAssertion(issuer.name);
  const authTime = readAuthTime(assertion, nowMs);
  const principal: Principal = {
    issuer: issuer.name,
    subject: readSamlSubject(assertion, issuer, refuse),
    claims: readClaims(assertion, issuer, refuse),
    mfa: provesSeveralFactors(assertion, issuer),
    ...(authTime === undefined ? {} : { authTime }),
    issuedAt: toSeconds(assertion.issueInstantMs),
    expiresAt: toExpiry(assertion, nowMs),
  };
  checkPrincipalSize(principal, (detail) => refuse('principal-too-large', detail));
  return principal;
}

/**
 * Whom an assertion names, by the issuer's own mapping.
 *
 * @throws AssertionRefusedError when that makes nobody of it
 */
export function readSamlSubject(
  { nameId, attributes }: SamlAssertion,
  { subjectAttribute }: SamlIssuer,
  refuse: RefuseAssertion,
): string {
  if (subjectAttribute === undefined) {
    if (nameId?.format === transientFormat) {
      refuse('subject', 'the NameID is transient; have another format sent, or set subjectAttribute');
    }
    return isSubject(nameId?.value) ? nameId.value : refuse('subject', `the NameID is not ${subjectForm}`);
  }
  const [value, ...more] = attributes.get(subjectAttribute) ?? [];
  if (isSubject(value) && more.length === 0) return value;
  return refuse('subject', `attribute ${subjectAttribute} is not one value, ${subjectForm}`);
}

function readClaims(
  { attributes }: SamlAssertion,
  issuer: SamlIssuer,
  refuse: RefuseAssertion,
): Principal['claims'] {
  const claims: [name: string, value: ClaimValue][] = [];
  for (const [name, { attribute, type }] of issuer.claims) {
    const values = attributes.get(attribute);
    if (values === undefined) continue;
    const [value, ...more] = values;
    if (type === 'list') claims.push([name, values]);
    else if (value !== undefined && more.length === 0) claims.push([name, value]);
    else refuse('claim', `claim ${name} (${attribute}) has ${values.length} values and takes one`);
  }
  return Object.fromEntries(claims);
}

function provesSeveralFactors({ authnStatements, attributes }: SamlAssertion, { mfa }: SamlIssuer): boolean {
  const methods = attributes.get(authnMethodsAttribute) ?? [];
  return (
    authnStatements.some(
      ({ contextClassRef }) => contextClassRef !== undefined && mfa.authnContexts.includes(contextClassRef),
    ) || mfa.authnMethods.some((method) => methods.includes(method))
  );
}

/** The earliest of several: the oldest proof is what a limit on age is about. One to come counts as none. */
function readAuthTime({ authnStatements }: SamlAssertion, nowMs: number): number | undefined {
  const instants = authnStatements.map(({ authnInstantMs }) => authnInstantMs);
  if (instants.length === 0 || instants.some((instant) => instant > nowMs + clockToleranceSeconds * 1000)) {
    return undefined;
  }
  return toSeconds(Math.min(...instants));
}

function toExpiry({ authnStatements }: SamlAssertion, nowMs: number): number {
  const sessionEnds = authnStatements.flatMap(({ sessionNotOnOrAfterMs }) => sessionNotOnOrAfterMs ?? []);
  return Math.min(toSeconds(nowMs) + brokerTokenLifetimeSeconds, ...sessionEnds.map(toSeconds));
}

const toSeconds = (ms: number) => Math.floor(ms / 1000);

import { createHash } from 'node:crypto';
import { createSamlResponseVerifier } from '../../../lambda/adapters/saml-response-verifier.ts';
import { AssertionRefusedError } from '../../../lambda/core/authentication-errors.ts';
import type { SamlAssertion, SubjectConfirmation } from '../../../lambda/core/saml-assertion.ts';
import type { SamlProvider } from '../../world-providers.ts';
import { AwsError } from '../aws-error.ts';
import { expiredToken, invalidIdentityToken } from './federated-attributes.ts';

/** A response for AWS's sign-in endpoint, verified with the certificates of an IAM SAML provider. */
export interface SamlSignIn {
  readonly assertion: SamlAssertion;
  readonly subject: string;
  /** NameID's Format, without SAML 2.0's own prefix. */
  readonly subjectType: string;
  readonly issuer: string;
  /** The Recipient: what `SAML:aud` and the answer's `Audience` are. */
  readonly audience: string;
  readonly nameQualifier: string;
  /** The earliest SessionNotOnOrAfter. */
  readonly endsAtMs?: number;
}

const subjectFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:';
const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
/** "Token must be redeemed within 5 minutes of issuance" is what AWS says. */
const redeemWithinMs = 300_000;
/** How far an identity provider's clock may be ahead. AWS publishes no number. */
const toleranceMs = 60_000;

export interface SamlExpectation {
  readonly provider: SamlProvider;
  readonly region: string;
  readonly nowMs: number;
}

/** @throws AwsError InvalidIdentityToken, ExpiredTokenException, IDPRejectedClaim */
export function verifySamlSignIn(encoded: string, { provider, region, nowMs }: SamlExpectation): SamlSignIn {
  const assertion = verifySignature(decode(encoded), provider, nowMs);
  const endpoints = toSignInEndpoints(region);
  const confirmation = requireConfirmation(assertion, endpoints);
  requireAudience(assertion, endpoints);
  requireTimes(assertion, confirmation, nowMs);
  const { nameId } = assertion;
  if (nameId === undefined || nameId.value === '') {
    throw invalidIdentityToken('Subject is required in AuthnResponse');
  }
  const ends = assertion.authnStatements.flatMap(({ sessionNotOnOrAfterMs }) => sessionNotOnOrAfterMs ?? []);
  return {
    assertion,
    subject: nameId.value,
    subjectType: (nameId.format ?? '').replace(subjectFormat, ''),
    // The verifier takes an assertion of this issuer alone.
    issuer: provider.entityId,
    audience: confirmation.recipient ?? '',
    nameQualifier: toNameQualifier(provider),
    ...(ends.length === 0 ? {} : { endsAtMs: Math.min(...ends) }),
  };
}

/** The pseudocode of the STS API reference, AssumeRoleWithSAML. */
const toNameQualifier = ({ entityId, accountId, name }: SamlProvider): string =>
  createHash('sha1').update(`${entityId}${accountId}/${name}`).digest('base64');

/** The global endpoint and the region's. Source: IAM guide, "Configure SAML assertions". */
const toSignInEndpoints = (region: string): readonly string[] => [
  'https://signin.aws.amazon.com/saml',
  `https://${region}.signin.aws.amazon.com/saml`,
];

function decode(encoded: string): string {
  const bytes = Buffer.from(encoded, 'base64');
  // Identity providers break the lines; whatever else isn't base64 is no response.
  const isBase64 = bytes.toString('base64') === encoded.replace(/[\r\n]/g, '');
  try {
    if (isBase64) return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Not UTF-8.
  }
  throw invalidIdentityToken('Invalid base64 SAMLResponse');
}

/** Stricter than AWS, which takes signatures with SHA-1 and encrypted assertions. */
function verifySignature(xml: string, provider: SamlProvider, nowMs: number): SamlAssertion {
  const { entityId, certificates } = provider;
  const issuer = {
    type: 'saml',
    name: provider.name,
    entityId,
    certificates,
    singleSignOnUrl: '',
    claims: new Map(),
    mfa: { authnContexts: [], authnMethods: [] },
    idpInitiated: true,
  } as const;
  try {
    const verifier = createSamlResponseVerifier({
      issuers: new Map([[provider.name, issuer]]),
      now: () => nowMs,
    });
    return verifier.verify(xml).response.assertion;
  } catch (error) {
    if (error instanceof AssertionRefusedError) throw toAwsError(error);
    throw error;
  }
}

function toAwsError({ reason }: AssertionRefusedError): AwsError {
  switch (reason) {
    case 'status':
      return new AwsError(
        'IDPRejectedClaim',
        403,
        'The identity provider reported that authentication failed',
      );
    case 'unknown-issuer':
      return invalidIdentityToken('Issuer not present in specified provider');
    case 'signature':
    case 'algorithm':
    case 'certificate':
      return invalidIdentityToken('Response signature invalid');
    default:
      return invalidIdentityToken('Invalid SAML response');
  }
}

function requireConfirmation(
  { subjectConfirmations }: SamlAssertion,
  endpoints: readonly string[],
): SubjectConfirmation {
  const confirmation = subjectConfirmations.find(
    ({ method, recipient = '' }) => method === bearer && endpoints.includes(recipient),
  );
  if (confirmation !== undefined) return confirmation;
  throw invalidIdentityToken('Recipient is not the AWS sign-in endpoint');
}

/** `urn:amazon:webservices` is what AWS's own metadata calls its sign-in. */
function requireAudience({ conditions }: SamlAssertion, endpoints: readonly string[]): void {
  const allowed = [...endpoints, 'urn:amazon:webservices'];
  const restrictions = conditions?.audienceRestrictions ?? [];
  const isForAws = (audiences: readonly string[]) => audiences.some((audience) => allowed.includes(audience));
  if (restrictions.length > 0 && restrictions.every(isForAws)) return;
  throw invalidIdentityToken('Response does not contain the required audience.');
}

function requireTimes(
  { issueInstantMs, conditions, authnStatements }: SamlAssertion,
  { notOnOrAfterMs }: SubjectConfirmation,
  nowMs: number,
): void {
  if (nowMs - issueInstantMs > redeemWithinMs) {
    throw expiredToken('Token must be redeemed within 5 minutes of issuance');
  }
  const starts = [issueInstantMs, conditions?.notBeforeMs ?? issueInstantMs];
  if (Math.max(...starts) > nowMs + toleranceMs) throw invalidIdentityToken('The assertion is not valid yet');
  if (notOnOrAfterMs === undefined) {
    throw invalidIdentityToken('NotOnOrAfter is required in SubjectConfirmationData');
  }
  const ends = [
    notOnOrAfterMs,
    conditions?.notOnOrAfterMs ?? notOnOrAfterMs,
    ...authnStatements.map(({ sessionNotOnOrAfterMs }) => sessionNotOnOrAfterMs ?? notOnOrAfterMs),
  ];
  if (nowMs >= Math.min(...ends)) throw expiredToken('The assertion has expired');
}

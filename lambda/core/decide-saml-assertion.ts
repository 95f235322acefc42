import { AssertionRefusedError } from './authentication-errors.ts';
import type { SamlVerifier } from './authentication-ports.ts';
import { findSessionName, holdsPair, toMaxSessionSeconds } from './aws-attributes.ts';
import { toAwsSignIn } from './aws-sign-in.ts';
import { checkSamlForAws, maxRedeemSeconds } from './check-saml-for-aws.ts';
import type { Deployment, SamlIssuer, SamlProfile } from './configuration.ts';
import type { AllowDecision, DenyDecision } from './decide-issuance.ts';
import { decodeSamlResponse } from './decode-saml-response.ts';
import { DurationOutOfRangeError, InvalidSamlAssertionError } from './errors.ts';
import { toContact } from './plan-session.ts';
import type { Principal } from './principal.ts';
import { toRefuseAssertion } from './refuse-assertion.ts';
import type { SamlAssertion } from './saml-assertion.ts';
import { readSamlSubject } from './to-saml-principal.ts';

export interface SamlAssertionContext {
  readonly principal: Principal;
  readonly deployment: Deployment;
  readonly verifier: SamlVerifier;
  readonly durationSeconds: number;
  readonly nowMs: number;
}

/**
 * Whether the assertion that goes to STS is the asking principal's own, and one that STS would take for this profile.
 * STS looks at all of it again. What Daypass adds is that the row is of whom the session is.
 *
 * @param samlAssertion as it was sent: base64 of a response
 * @throws InvalidSamlAssertionError, DurationOutOfRangeError
 */
export function decideSamlAssertion(
  decision: AllowDecision & { readonly profile: SamlProfile },
  samlAssertion: string | undefined,
  context: SamlAssertionContext,
): AllowDecision | DenyDecision {
  const { profile } = decision;
  const refusal = toRefusal(profile, toAwsSignIn(context.deployment).endpoints[0]);
  if (samlAssertion === undefined) throw refusal('there is no samlAssertion');
  const { issuer, subject, assertion } = readAssertion(samlAssertion, context, refusal);
  // The same words as for anything else that is not this caller's: whose it is, is for the auditors.
  if (issuer.name !== context.principal.issuer || subject !== context.principal.subject) {
    const detail = 'the samlAssertion names another principal than the one that asks';
    return { effect: 'Deny', detail };
  }
  requirePair(assertion, profile, refusal);
  requireDuration(assertion, profile, context, refusal);
  return { ...decision, assertedSessionName: requireSessionName(assertion, refusal) };
}

type Refusal = (what: string, cause?: AssertionRefusedError) => InvalidSamlAssertionError;

const toRefusal =
  (profile: SamlProfile, endpoint: string): Refusal =>
  (what, cause) =>
    new InvalidSamlAssertionError(
      `profile ${profile.name} is issued by your own assertion, and ${what}; allowed: in POST /v1/profiles/${profile.name}/credentials or …/console, {"samlAssertion": "<base64>"} with the SAMLResponse that your identity provider's AWS application posts to ${endpoint}, unaltered and for ${maxRedeemSeconds} seconds after it was issued`,
      {
        ...toContact(profile),
        ...(cause?.detail === undefined ? {} : { detail: cause.detail }),
      },
    );

interface ReadAssertion {
  readonly issuer: SamlIssuer;
  readonly subject: string;
  readonly assertion: SamlAssertion;
}

function readAssertion(
  samlAssertion: string,
  { verifier, deployment, nowMs }: SamlAssertionContext,
  refusal: Refusal,
): ReadAssertion {
  try {
    const { issuer, response } = verifier.verify(decodeSamlResponse(samlAssertion));
    checkSamlForAws(response, issuer, { signIn: toAwsSignIn(deployment), nowMs });
    const { assertion } = response;
    return { issuer, assertion, subject: readSamlSubject(assertion, issuer, toRefuseAssertion(issuer.name)) };
  } catch (error) {
    if (error instanceof AssertionRefusedError) throw refusal(`yours is refused (${error.reason})`, error);
    throw error;
  }
}

function requirePair(assertion: SamlAssertion, profile: SamlProfile, refusal: Refusal): void {
  if (holdsPair(assertion, profile)) return;
  throw refusal(`no value of its Role attribute is ${profile.roleArn},${profile.principalArn}`);
}

function requireSessionName(assertion: SamlAssertion, refusal: Refusal): string {
  const name = findSessionName(assertion);
  if (name !== undefined) return name;
  throw refusal(
    'its RoleSessionName attribute is not one value of 2–64 characters of A–Z a–z 0–9 _ + = , . @ -',
  );
}

/** Nothing is clamped in silence: what the identity provider cuts short is asked for as short as that. */
function requireDuration(
  assertion: SamlAssertion,
  profile: SamlProfile,
  { durationSeconds, nowMs }: SamlAssertionContext,
  refusal: Refusal,
): void {
  const maximum = toMaxSessionSeconds(assertion, nowMs);
  if (maximum === undefined) {
    throw refusal('its SessionDuration attribute is not one whole number of seconds');
  }
  if (durationSeconds <= maximum) return;
  throw new DurationOutOfRangeError(
    `durationSeconds is ${durationSeconds}; by your assertion a session lasts ${maximum} at most (SessionDuration, or the end of your session at the identity provider)`,
    toContact(profile),
  );
}

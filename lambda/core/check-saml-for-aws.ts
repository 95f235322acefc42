import type { AwsSignIn } from './aws-sign-in.ts';
import { bearer, checkSessions, isToCome } from './check-saml-response.ts';
import type { SamlIssuer } from './configuration.ts';
import { type RefuseAssertion, toRefuseAssertion } from './refuse-assertion.ts';
import type { SamlAssertion, SamlConditions, SamlResponse, SubjectConfirmation } from './saml-assertion.ts';

/** Seconds since the IssueInstant for which STS takes an assertion. Source: IAM guide, "Troubleshoot SAML federation". */
export const maxRedeemSeconds = 300;

/**
 * What makes a response one for AWS's sign-in, and for nobody else, now. Stricter than AWS where an assertion is for
 * several: one that is for Daypass too would be a sign-in here, handed on. InResponseTo says nothing: the request, if
 * there was one, was not Daypass's.
 *
 * @throws AssertionRefusedError
 */
export function checkSamlForAws(
  { assertion, destination }: SamlResponse,
  { name }: SamlIssuer,
  { signIn, nowMs }: { readonly signIn: AwsSignIn; readonly nowMs: number },
): void {
  const refuse: RefuseAssertion = toRefuseAssertion(name);
  if (destination !== undefined && !signIn.endpoints.includes(destination)) {
    refuse('destination', "Destination is not AWS's sign-in");
  }
  checkConfirmations(assertion, { signIn, nowMs, refuse });
  checkConditions(assertion.conditions, { signIn, nowMs, refuse });
  checkAge(assertion, nowMs, refuse);
  checkSessions(assertion, nowMs, refuse);
}

interface Context {
  readonly signIn: AwsSignIn;
  readonly nowMs: number;
  readonly refuse: RefuseAssertion;
}

function checkAge({ issueInstantMs }: SamlAssertion, nowMs: number, refuse: RefuseAssertion): void {
  if (isToCome(issueInstantMs, nowMs)) refuse('not-yet-valid', 'IssueInstant is in the future');
  if (nowMs >= issueInstantMs + maxRedeemSeconds * 1000) {
    refuse('expired', `IssueInstant is ${maxRedeemSeconds} s ago or more`);
  }
}

function checkConfirmations({ subjectConfirmations }: SamlAssertion, context: Context): void {
  const confirmations = subjectConfirmations.filter(({ method }) => method === bearer);
  if (confirmations.length === 0) {
    context.refuse('recipient', 'no SubjectConfirmation of the method bearer');
  }
  for (const confirmation of confirmations) checkConfirmation(confirmation, context);
}

function checkConfirmation(
  { recipient, notBeforeMs, notOnOrAfterMs }: SubjectConfirmation,
  { signIn, nowMs, refuse }: Context,
): void {
  if (recipient === undefined || !signIn.endpoints.includes(recipient)) {
    refuse('recipient', "Recipient is not AWS's sign-in");
  }
  if (notBeforeMs !== undefined) {
    refuse('not-yet-valid', 'a bearer confirmation has NotBefore, which the profile forbids');
  }
  if (notOnOrAfterMs === undefined || nowMs >= notOnOrAfterMs) {
    refuse('expired', 'NotOnOrAfter of the confirmation has passed, or is not there');
  }
}

function checkConditions(conditions: SamlConditions | undefined, { signIn, nowMs, refuse }: Context): void {
  const { audienceRestrictions, notBeforeMs, notOnOrAfterMs } =
    conditions ?? refuse('audience', 'the assertion has no Conditions');
  const isForAws = (audiences: readonly string[]) =>
    audiences.length > 0 && audiences.every((audience) => signIn.audiences.includes(audience));
  if (audienceRestrictions.length === 0 || !audienceRestrictions.every(isForAws)) {
    refuse('audience', "no AudienceRestriction, or one that is not AWS's sign-in alone");
  }
  if (notBeforeMs !== undefined && isToCome(notBeforeMs, nowMs)) {
    refuse('not-yet-valid', 'NotBefore of the Conditions is in the future');
  }
  if (notOnOrAfterMs !== undefined && nowMs >= notOnOrAfterMs) {
    refuse('expired', 'NotOnOrAfter of the Conditions has passed');
  }
}
